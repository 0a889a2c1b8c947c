using System;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;
using PerfConn.Framing;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>
/// A new connection before anybody else uses it: what <see cref="LineOptions.LogIn"/> talks through. Messages that it takes nobody else sees; those that it leaves are
/// delivered in their order when the login is done.
/// </summary>
/// <remarks>One caller at a time. Of no use after the login has returned.</remarks>
public sealed class LoginLink
{
    private const byte TextOpcode = 1;
    private const byte BinaryOpcode = 2;

    private readonly LineSession _session;
    private readonly ILoginSource _source;

    internal LoginLink(Endpoint endpoint, LineSession session, ILoginSource source)
    {
        Endpoint = endpoint;
        _session = session;
        _source = source;
    }

    /// <summary>The line's endpoint.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>Sends a message; it counts against the venue's message window.</summary>
    /// <exception cref="ConnectionException">The connection is lost.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> payload, bool isText = true, CancellationToken cancellationToken = default)
    {
        await _session.Pacer.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _session.Sender.SendAsync(isText ? TextOpcode : BinaryOpcode, payload, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the next message.</summary>
    public ValueTask<LoginMessage> ReceiveAsync(CancellationToken cancellationToken = default) => _source.TakeAsync(cancellationToken);
}
