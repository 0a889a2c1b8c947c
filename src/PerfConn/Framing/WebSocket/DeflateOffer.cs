using System;
using System.Text;

namespace PerfConn.Framing.WebSocket;

/// <summary>
/// The negotiation of permessage-deflate, RFC 7692 section 7.1: what is offered, and whether an answer keeps to it. Strict: a server that misunderstands the
/// terms would send what cannot be read (CVE-2026-2229, RELIABILITY B43).
/// </summary>
internal static class DeflateOffer
{
    private const string Name = "permessage-deflate";
    private const string ServerTakeover = "server_no_context_takeover";
    private const string ClientTakeover = "client_no_context_takeover";
    private const string ServerBits = "server_max_window_bits";
    private const string ClientBits = "client_max_window_bits";

    /// <summary>The value of <c>Sec-WebSocket-Extensions</c> that offers these options.</summary>
    public static string Create(DeflateOptions options)
    {
        var text = new StringBuilder(Name);
        text.Append(options.ServerContextTakeover ? "" : "; " + ServerTakeover);
        text.Append(options.ClientContextTakeover ? "" : "; " + ClientTakeover);
        if (options.ServerMaxWindowBits < 15)
        {
            text.Append("; ").Append(ServerBits).Append('=').Append(options.ServerMaxWindowBits);
        }

        if (options.ClientMaxWindowBits is { } bits)
        {
            // Without a value it says only that the server may ask for a window.
            text.Append("; ").Append(ClientBits);
            _ = bits < 15 ? text.Append('=').Append(bits) : text;
        }

        return text.ToString();
    }

    /// <summary>Reads the server's answer. Gives null, or what is wrong with it.</summary>
    /// <param name="options">What was offered; null for nothing.</param>
    /// <param name="answer">The values of <c>Sec-WebSocket-Extensions</c>, joined; null when there is no such header.</param>
    /// <param name="agreement">The terms; null when the server has declined.</param>
    public static string? TryAccept(DeflateOptions? options, string? answer, out DeflateAgreement? agreement)
    {
        agreement = null;
        if (answer is null)
        {
            return null;
        }

        var elements = new ExtensionReader(answer);
        if (options is null || !elements.TryReadToken(out ReadOnlySpan<char> name) || !name.SequenceEqual(Name))
        {
            return "the server uses an extension that was not offered";
        }

        var terms = new Terms(options);
        while (elements.TryReadSeparator(';'))
        {
            if (!elements.TryReadParameter(out ReadOnlySpan<char> parameter, out string? value))
            {
                return "the answer's extension parameters are malformed";
            }

            if (terms.Add(parameter, value) is { } error)
            {
                return error;
            }
        }

        if (!elements.IsAtEnd)
        {
            return "the server accepted more than one extension, or its answer is malformed";
        }

        return terms.Conclude(out agreement);
    }

    /// <summary>What the parameters of one answer add up to.</summary>
    private ref struct Terms(DeflateOptions options)
    {
        private bool _serverTakeover;
        private bool _clientTakeover;
        private int _serverBits;
        private int _clientBits;

        public string? Add(ReadOnlySpan<char> name, string? value) => name switch
        {
            ServerTakeover => Set(ref _serverTakeover, ServerTakeover, value),
            ClientTakeover => Set(ref _clientTakeover, ClientTakeover, value),
            ServerBits => Set(ref _serverBits, options.ServerMaxWindowBits, ServerBits, value),
            ClientBits when options.ClientMaxWindowBits is { } offered => Set(ref _clientBits, offered, ClientBits, value),
            ClientBits => "the server set client_max_window_bits, which was not offered",
            _ => "the answer has an unknown permessage-deflate parameter",
        };

        public readonly string? Conclude(out DeflateAgreement? agreement)
        {
            agreement = null;
            if (!options.ServerContextTakeover && !_serverTakeover)
            {
                return "the server did not accept " + ServerTakeover;
            }

            // Section 7.1.2.1: a server accepts the limit by naming one. Silence would mean 15 bits.
            if (options.ServerMaxWindowBits < 15 && _serverBits == 0)
            {
                return "the server did not accept " + ServerBits;
            }

            int ownBits = options.ClientMaxWindowBits ?? 15;
            agreement = new DeflateAgreement(
                !_serverTakeover,
                options.ClientContextTakeover && !_clientTakeover,
                _serverBits == 0 ? 15 : _serverBits,
                _clientBits == 0 ? ownBits : _clientBits);
            return null;
        }

        private static string? Set(ref bool term, string name, string? value)
        {
            if (term || value is not null)
            {
                return $"the answer's {name} {(term ? "is repeated" : "has a value")}";
            }

            term = true;
            return null;
        }

        private static string? Set(ref int term, int most, string name, string? value)
        {
            int bits = value switch
            {
                ['8'] => 8,
                ['9'] => 9,
                ['1', >= '0' and <= '5'] => 10 + (value[1] - '0'),
                _ => 0,
            };
            string? error = term != 0 ? "is repeated"
                : bits == 0 ? "is not a number from 8 to 15"
                : bits > most ? $"is above the {most} that were offered"
                : null;
            term = bits;
            return error is null ? null : $"the answer's {name} {error}";
        }
    }
}
