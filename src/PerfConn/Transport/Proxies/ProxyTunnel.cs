using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PerfConn.Diagnostics;

namespace PerfConn.Transport.Proxies;

/// <summary>Has a proxy open the way to an endpoint, under the proxy's own deadline, and tells every way that can fail as one type.</summary>
internal static class ProxyTunnel
{
    /// <summary>Opens the way over a connection to the proxy; the socket then leads to the endpoint.</summary>
    /// <param name="socket">The connection to the proxy; closed when this fails.</param>
    /// <param name="proxy">The proxy.</param>
    /// <param name="endpoint">The endpoint's address.</param>
    /// <param name="blocks">Whether to block the calling thread; then the task is complete when it is returned.</param>
    /// <param name="time">What the deadline is measured by.</param>
    /// <param name="cancellationToken">Gives up; where this blocks, only together with closing the socket.</param>
    /// <exception cref="ProxyException">The way is not open.</exception>
    public static async Task OpenAsync(Socket socket, ProxyOptions proxy, Uri endpoint, bool blocks, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(proxy.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        CancellationTokenRegistration cut = deadline.Token.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
        await using (cut.ConfigureAwait(false))
        {
            try
            {
                var channel = new ProxyChannel(socket, blocks);
                await (proxy.IsHttp
                    ? HttpConnect.OpenAsync(channel, proxy, endpoint.IdnHost, endpoint.Port, either.Token)
                    : Socks5.OpenAsync(channel, proxy, endpoint.IdnHost, endpoint.Port, either.Token)).ConfigureAwait(false);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (Exception e) when (deadline.IsCancellationRequested)
            {
                throw new ProxyException(
                    endpoint, proxy.Address, ProxyFailureReason.TimedOut, $"did not answer within {proxy.Timeout.TotalSeconds:0.#} s", innerException: e);
            }
            catch (ProxyRefusal e)
            {
                throw new ProxyException(endpoint, proxy.Address, e.Reason, e.Message, e.StatusCode);
            }
            catch (SocketException e)
            {
                throw new ProxyException(
                    endpoint, proxy.Address, ProxyFailureReason.ClosedEarly, "broke the connection before it had answered", innerException: e);
            }
        }

        // The deadline may have closed the socket in the very moment of success.
        if (deadline.IsCancellationRequested)
        {
            throw new ProxyException(endpoint, proxy.Address, ProxyFailureReason.TimedOut, $"did not answer within {proxy.Timeout.TotalSeconds:0.#} s");
        }
    }
}
