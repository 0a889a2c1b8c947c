using System;

namespace PerfConn.Protocol.Shapes;

/// <content>Learning a layout from a message that the exact scan has read.</content>
internal partial struct ShapeTemplate
{
    /// <summary>Takes the layout of a message; keeps the old one when it is too long, or of a kind that cannot be predicted.</summary>
    /// <param name="message">The message, read by the exact scan.</param>
    /// <param name="at">Where its fields are; all zero for a field that the shape does not have.</param>
    public void Learn(ReadOnlySpan<byte> message, in ShapePositions at)
    {
        int last = Math.Max(at.SymbolStart, at.ChannelStart);
        int length = Math.Max(at.SymbolEnd, at.ChannelEnd);
        bool endsInText = length > 0 && message[length] == '"' && message[last - 1] == '"';
        int textLength = length - last;
        length = endsInText ? last : length;
        bool payloadIsLast = at.PayloadStart > last;
        if (payloadIsLast)
        {
            length = at.PayloadStart;
            endsInText = false;
        }

        if (length is 0 or > Capacity || (at.PayloadEnd > 0 && at.PayloadEnd <= length))
        {
            return;
        }

        var learned = new ShapeTemplate
        {
            _length = length,
            _endsInText = endsInText,
            _textLength = textLength,
            _endsInNumber = !endsInText && !payloadIsLast,
            _learned = at,
            _payloadDepth = payloadIsLast ? int.MaxValue : -1,
        };
        if (learned.TryTakeRanges(message[..length], message))
        {
            this = learned;
        }
    }

    private bool TryTakeRanges(ReadOnlySpan<byte> layout, ReadOnlySpan<byte> message)
    {
        Span<byte> low = _low;
        Span<byte> high = _high;
        low[layout.Length..].Clear();
        high[layout.Length..].Fill(0xFE);
        layout.CopyTo(low);
        layout.CopyTo(high);

        // The root's own brace is not counted: nothing is said about where the message ends.
        int depth = -1;
        for (int i = 0; i < layout.Length;)
        {
            if (i == _learned.PayloadStart && i > 0)
            {
                _payloadDepth = depth;
            }

            int next = i + 1;
            byte first = layout[i];
            switch (first)
            {
                case (byte)'"' when next < layout.Length:
                    next = JsonScanner.SkipString(message, i);
                    if (next < 0 || next > layout.Length || !TryTakeText(message, i + 1, next - 1))
                    {
                        return false;
                    }

                    break;
                case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                    int end = JsonScanner.SkipValue(message, i, out JsonKind kind);
                    if (kind == JsonKind.Number)
                    {
                        next = end;
                        if (next > layout.Length || !TryTakeNumber(layout, i, end))
                        {
                            return false;
                        }
                    }

                    break;
                case (byte)'{' or (byte)'[':
                    _braces = depth++ < 0 ? 0 : (_braces << 1) | (first == '{' ? 1UL : 0);
                    break;
                case (byte)'}' or (byte)']':
                    _braces >>= 1;
                    depth--;
                    break;
            }

            i = next;
        }

        _payloadDepth = _payloadDepth == int.MaxValue ? depth : _payloadDepth;
        _depth = depth;
        return depth is >= 0 and <= JsonScanner.MaxDepth;
    }

    /// <summary>A key stays as it is, and a text with escapes; of any other text, bytes and length may change.</summary>
    private bool TryTakeText(ReadOnlySpan<byte> message, int start, int end)
    {
        int after = JsonScanner.SkipWhitespace(message, end + 1);
        if ((after < message.Length && message[after] == ':') || message[start..end].Contains((byte)'\\'))
        {
            return true;
        }

        ((Span<byte>)_low)[start..end].Fill(0x20);
        ((Span<byte>)_high)[start..end].Fill(0xFF);
        return TryAdd(new ShapeToken((short)start, (short)end, IsText: true));
    }

    /// <summary>Digits may be others, but for a leading zero.</summary>
    private bool TryTakeNumber(ReadOnlySpan<byte> layout, int start, int end)
    {
        Span<byte> low = _low;
        Span<byte> high = _high;
        for (int i = start; i < end; i++)
        {
            if (char.IsAsciiDigit((char)layout[i]))
            {
                bool leads = (i == start || layout[i - 1] == '-') && i + 1 < end && char.IsAsciiDigit((char)layout[i + 1]);
                low[i] = leads ? (byte)'1' : (byte)'0';
                high[i] = (byte)'9';
            }
        }

        return TryAdd(new ShapeToken((short)start, (short)end, IsText: false));
    }

    private bool TryAdd(ShapeToken token)
    {
        if (_tokenCount == MaxTokens)
        {
            return false;
        }

        ((Span<ShapeToken>)_tokens)[_tokenCount++] = token;
        return true;
    }
}
