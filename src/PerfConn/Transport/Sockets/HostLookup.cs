using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Sockets;

/// <summary>Asks the resolver for a host's addresses, under its own deadline, and tells every way that can fail as one type (RELIABILITY B15).</summary>
internal static class HostLookup
{
    /// <exception cref="ResolveException">There is no address.</exception>
    public static async Task<IReadOnlyList<IPAddress>> ResolveAsync(
        Uri endpoint, string host, SocketTransportOptions options, CancellationToken cancellationToken)
    {
        // In the form that goes on the wire an IPv6 address has no brackets.
        if (IPAddress.TryParse(host.AsSpan().Trim("[]"), out IPAddress? literal))
        {
            return [literal];
        }

        using var deadline = new CancellationTokenSource(options.ResolveTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            // The system's resolver cannot be called off once it is under way, and another one may not listen: it is left behind.
            IReadOnlyList<IPAddress> addresses =
                await options.Resolver.ResolveAsync(host, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            return addresses.Count > 0
                ? addresses
                : throw new ResolveException(endpoint, ResolveFailureReason.NoAddress, $"host name '{host}' has no address");
        }
        catch (Exception e) when (e is not ResolveException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Failure(endpoint, host, deadline.IsCancellationRequested, options.ResolveTimeout, e);
        }
    }

    private static ResolveException Failure(Uri endpoint, string host, bool isLate, TimeSpan timeout, Exception cause)
    {
        (ResolveFailureReason reason, string words) = isLate
            ? (ResolveFailureReason.TimedOut, $"could not be resolved within {timeout.TotalSeconds:0.#} s")
            : (cause as SocketException)?.SocketErrorCode switch
            {
                SocketError.HostNotFound => (ResolveFailureReason.NotFound, "not found"),
                SocketError.NoData => (ResolveFailureReason.NoAddress, "has no address"),
                SocketError.TryAgain or SocketError.NoRecovery => (ResolveFailureReason.ServerFailure, "could not be resolved: the name servers failed"),
                _ => (ResolveFailureReason.Other, $"could not be resolved ({cause.GetType().Name})"),
            };
        return new ResolveException(endpoint, reason, $"host name '{host}' {words}", cause);
    }
}
