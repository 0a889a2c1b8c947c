using System;
using PerfConn.Diagnostics;
using PerfConn.Transport;

namespace PerfConn.Connections;

/// <summary>Where a redirect leads (RFC 9110 section 15.4), and what goes along: nothing secret to another origin, nothing from wss to ws.</summary>
internal static class Redirect
{
    public static bool IsRedirect(HandshakeException answer) =>
        answer is { StatusCode: 301 or 302 or 303 or 307 or 308, Location: not null };

    /// <summary>The endpoint that the answer points to.</summary>
    /// <exception cref="HandshakeException">It points to where no line may go.</exception>
    public static Endpoint Follow(Endpoint from, HandshakeException answer)
    {
        if (!Uri.TryCreate(WebSocketAsHttp(from.Url), answer.Location, out Uri? target) || !TryWebSocket(target, out Uri? url))
        {
            throw Refuse(from, answer, "its Location is no web address");
        }

        if (from.IsSecure && url.Scheme == "ws")
        {
            throw Refuse(from, answer, "it leads from wss to ws");
        }

        bool isSameOrigin = Uri.Compare(from.Url, url, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

        // A header may be a key under any name (X-MBX-APIKEY), so to another origin none goes, not just the two that RFC 9110 names.
        return isSameOrigin
            ? new Endpoint(url) { UnixSocket = from.UnixSocket, Headers = from.Headers, Subprotocols = from.Subprotocols }
            : new Endpoint(url) { Subprotocols = from.Subprotocols };
    }

    private static HandshakeException Refuse(Endpoint from, HandshakeException answer, string why) =>
        new(from.Url, $"the server answered with a redirect ({answer.StatusCode}) that is not followed: {why}", answer.StatusCode, innerException: answer);

    /// <summary>A relative Location is resolved against an http address, whose rules <see cref="Uri"/> knows.</summary>
    private static Uri WebSocketAsHttp(Uri url) => new UriBuilder(url) { Scheme = url.Scheme == "wss" ? "https" : "http", Port = url.Port }.Uri;

    private static bool TryWebSocket(Uri target, out Uri url)
    {
        string? scheme = target.Scheme switch
        {
            "http" or "ws" => "ws",
            "https" or "wss" => "wss",
            _ => null,
        };
        url = scheme is null ? target : new UriBuilder(target) { Scheme = scheme, Port = target.IsDefaultPort ? -1 : target.Port }.Uri;
        return scheme is not null && url.Host.Length > 0;
    }
}
