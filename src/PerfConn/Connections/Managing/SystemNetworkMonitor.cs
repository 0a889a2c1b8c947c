using System;
using System.Net.NetworkInformation;

namespace PerfConn.Connections.Managing;

/// <summary>The operating system's own notifications (<see cref="NetworkChange"/>): an interface that goes up or down, an address that comes or goes.</summary>
/// <remarks>Thread-safe. Where the system offers none, nothing is ever told.</remarks>
public sealed class SystemNetworkMonitor : INetworkMonitor
{
    private SystemNetworkMonitor()
    {
    }

    /// <summary>The one.</summary>
    public static SystemNetworkMonitor Instance { get; } = new();

    /// <inheritdoc/>
    public IDisposable Watch(Action<bool> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return new Watcher(changed);
    }

    private sealed class Watcher : IDisposable
    {
        private readonly Action<bool> _changed;
        private readonly bool _isWatching;

        public Watcher(Action<bool> changed)
        {
            _changed = changed;
            try
            {
                NetworkChange.NetworkAvailabilityChanged += OnAvailability;
                NetworkChange.NetworkAddressChanged += OnAddress;
                _isWatching = true;
            }
            catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException)
            {
                NetworkChange.NetworkAvailabilityChanged -= OnAvailability;
            }
        }

        public void Dispose()
        {
            if (_isWatching)
            {
                NetworkChange.NetworkAvailabilityChanged -= OnAvailability;
                NetworkChange.NetworkAddressChanged -= OnAddress;
            }
        }

        private void OnAvailability(object? sender, NetworkAvailabilityEventArgs e) => _changed(e.IsAvailable);

        private void OnAddress(object? sender, EventArgs e) => _changed(IsAvailable());

        private static bool IsAvailable()
        {
            try
            {
                return NetworkInterface.GetIsNetworkAvailable();
            }
            catch (NetworkInformationException)
            {
                // The notification came in the midst of the change; the next one knows more.
                return false;
            }
        }
    }
}
