using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace PerfConn.Diagnostics;

/// <summary>
/// The one place that makes an address fit to be shown: user info, query values and fragment are replaced, keys stay, so that a log line
/// still says which parameters were sent. Used by every exception, event and log of PerfConn.
/// </summary>
/// <remarks>A path is shown as it is, except that a segment of 32 or more characters, as listen keys and tokens are, is replaced.</remarks>
public static class Redactor
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mask = "***";

    private const int LongestInnocentSegment = 31;
    private const int ShortestSecret = 4;

    /// <summary>The address without its secrets.</summary>
    public static string Redact(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri)
        {
            return Mask;
        }

        var text = new StringBuilder();
        text.Append(address.Scheme).Append("://");
        if (address.UserInfo.Length > 0)
        {
            text.Append(Mask).Append('@');
        }

        text.Append(address.Host);
        if (!address.IsDefaultPort)
        {
            text.Append(':').Append(address.Port);
        }

        AppendPath(text, address.AbsolutePath);
        AppendQuery(text, address.Query);
        return text.ToString();
    }

    /// <summary>
    /// Foreign text made fit to be shown: known secrets are masked, and what is not printable becomes a space, so that a peer's words can neither
    /// repeat a secret nor write lines of their own into a log.
    /// </summary>
    /// <param name="text">What a peer said.</param>
    /// <param name="secrets">What must not be shown; those of fewer than four characters are left alone, they would mask half the text.</param>
    public static string Redact(string text, IEnumerable<string> secrets)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(secrets);
        foreach (string secret in secrets)
        {
            if (secret.Length >= ShortestSecret)
            {
                text = text.Replace(secret, Mask, StringComparison.Ordinal);
            }
        }

        return string.Create(text.Length, text, static (line, source) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
            }
        });
    }

    /// <summary>
    /// A foreign exception made fit to be an inner one: the runtime's may quote what a server sent. Itself when it says nothing secret; else one that says the
    /// same with the secrets masked.
    /// </summary>
    internal static Exception Redact(Exception cause, IReadOnlyCollection<string> secrets)
    {
        string said = cause.ToString();
        if (!secrets.Any(secret => secret.Length >= ShortestSecret && said.Contains(secret, StringComparison.Ordinal)))
        {
            return cause;
        }

        Exception? inner = cause.InnerException is { } deeper ? Redact(deeper, secrets) : null;
        return new RedactedException($"{cause.GetType().Name}: {Redact(cause.Message, secrets)}", inner);
    }

    /// <summary>The secrets that an address carries: user info, query values, fragment and long path segments, as they stand and unescaped.</summary>
    internal static IEnumerable<string> SecretsOf(Uri address)
    {
        var found = new List<string> { address.UserInfo };
        found.AddRange(address.UserInfo.Split(':'));
        foreach (string pair in address.Query.TrimStart('?').Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            found.Add(IsKey(pair, equals) ? pair[(equals + 1)..] : pair);
        }

        found.AddRange(address.AbsolutePath.Split('/').Where(segment => segment.Length > LongestInnocentSegment));
        found.Add(address.Fragment.TrimStart('#'));
        return found.Concat(found.Select(Uri.UnescapeDataString)).Where(secret => secret.Length > 0).Distinct(StringComparer.Ordinal);
    }

    private static void AppendPath(StringBuilder text, string path)
    {
        foreach (Range range in path.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> segment = path.AsSpan(range);
            if (range.Start.Value > 0)
            {
                text.Append('/');
            }

            if (segment.Length > LongestInnocentSegment)
            {
                text.Append(Mask);
            }
            else
            {
                text.Append(segment);
            }
        }
    }

    /// <summary>Whether what stands before the sign is a key: a bare base64 token has signs too, but nothing after them, and keys are not that long.</summary>
    private static bool IsKey(ReadOnlySpan<char> pair, int equals) =>
        equals is >= 0 and <= LongestInnocentSegment && pair[(equals + 1)..].ContainsAnyExcept('=');

    private static void AppendQuery(StringBuilder text, string query)
    {
        if (query.Length <= 1)
        {
            return;
        }

        char separator = '?';
        foreach (Range range in query.AsSpan(1).Split('&'))
        {
            ReadOnlySpan<char> pair = query.AsSpan(1)[range];
            int equals = pair.IndexOf('=');
            text.Append(separator);
            separator = '&';
            if (IsKey(pair, equals))
            {
                text.Append(pair[..(equals + 1)]);
            }

            text.Append(Mask);
        }
    }
}
