using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfConn.Protocol.Shapes;

/// <summary>
/// Finds a message's fields where the last message of that layout had them, having verified every byte before them; what is laid out otherwise is read field by field, and its
/// layout is kept for the next.
/// </summary>
/// <remarks>
/// <para>
/// Its state changes the speed and nothing else: with any history it says what <see cref="TryReadExact"/> says. It keeps two layouts, so that two channels on one line do not
/// drive each other out, and learns a new one at most at every eighth message that fits neither.
/// </para>
/// <para>
/// Allocates nothing and never throws. A mutable struct of about 1.7 kB, owned by one line: keep it as a field, call it in place.
/// </para>
/// </remarks>
/// <typeparam name="TShape">Where the fields are.</typeparam>
public record struct ShapeReader<TShape>
    where TShape : struct, IMessageShape
{
    /// <summary>Messages read field by field between two that are learned from: learning costs about as much as two such readings.</summary>
    private const int Patience = 8;

    private ShapeTemplate _first;
    private ShapeTemplate _second;
    private bool _isSecondLast;
    private int _untilLearning;

    /// <summary>
    /// Reads a message. It must end with the brace that it began with (white space around it allowed), hold all fields that the shape names, and close the objects that they stand
    /// in. Nothing else that comes after the fields is looked at.
    /// </summary>
    /// <returns>False when it is none of that shape, or torn.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(ReadOnlySpan<byte> message, out MessageFields fields)
    {
        if (!message.IsEmpty && message[^1] == '}')
        {
            ref ShapeTemplate last = ref _first;
            if (_isSecondLast)
            {
                last = ref _second;
            }

            if (last.IsLearned && last.TryMatch(message, out ShapePositions at))
            {
                fields = FieldsAt(message, at);
                return true;
            }
        }

        return TryReadOther(message, out fields);
    }

    /// <summary>The same without a prediction: what every prediction is held to.</summary>
    public static bool TryReadExact(ReadOnlySpan<byte> message, out MessageFields fields)
    {
        fields = default;
        int end = message.LastIndexOfAnyExcept(" \t\r\n"u8);
        if (end < 0 || message[end] != '}')
        {
            return false;
        }

        ReadOnlySpan<byte> symbol = default;
        ReadOnlySpan<byte> channel = default;
        ReadOnlySpan<byte> payload = message;
        if ((!TShape.Payload.IsEmpty && !ShapePath.TryFind(message, TShape.Payload, out payload, out _))
            || (!TShape.Symbol.IsEmpty && (!ShapePath.TryFindText(message, TShape.Symbol, out symbol) || symbol.IsEmpty))
            || (!TShape.Channel.IsEmpty && (!ShapePath.TryFindText(message, TShape.Channel, out channel) || channel.IsEmpty)))
        {
            return false;
        }

        fields = new MessageFields(symbol, channel, payload, symbol.Contains((byte)'\\'));
        return true;
    }

    /// <summary>Whether the next reading of this message would be by prediction. For tests: it changes nothing that is not a prediction.</summary>
    internal bool IsPredicted(ReadOnlySpan<byte> message) =>
        !message.IsEmpty && message[^1] == '}'
        && ((_first.IsLearned && _first.TryMatch(message, out _)) || (_second.IsLearned && _second.TryMatch(message, out _)));

    /// <summary>True: what a reader remembers makes no difference to what it says.</summary>
    public readonly bool Equals(ShapeReader<TShape> other) => true;

    /// <inheritdoc/>
    public override readonly int GetHashCode() => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static MessageFields FieldsAt(ReadOnlySpan<byte> message, scoped in ShapePositions at) => new(
        TShape.Symbol.IsEmpty ? default : message[at.SymbolStart..at.SymbolEnd],
        TShape.Channel.IsEmpty ? default : message[at.ChannelStart..at.ChannelEnd],
        TShape.Payload.IsEmpty ? message : message[at.PayloadStart..at.PayloadEnd],
        isSymbolEscaped: false);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadOther(ReadOnlySpan<byte> message, out MessageFields fields)
    {
        ref ShapeTemplate other = ref _second;
        if (_isSecondLast)
        {
            other = ref _first;
        }

        if (!message.IsEmpty && message[^1] == '}' && other.IsLearned && other.TryMatch(message, out ShapePositions at))
        {
            _isSecondLast = !_isSecondLast;
            fields = FieldsAt(message, at);
            return true;
        }

        if (!TryReadExact(message, out fields))
        {
            return false;
        }

        if (--_untilLearning < 0 && !fields.IsSymbolEscaped)
        {
            _untilLearning = Patience;
            Learn(message, fields, ref other);
        }

        return true;
    }

    private void Learn(ReadOnlySpan<byte> message, scoped in MessageFields fields, ref ShapeTemplate template)
    {
        ShapePositions at = default;
        if (!TShape.Symbol.IsEmpty)
        {
            at.SymbolStart = OffsetOf(fields.Symbol, message);
            at.SymbolEnd = at.SymbolStart + fields.Symbol.Length;
        }

        if (!TShape.Channel.IsEmpty)
        {
            at.ChannelStart = OffsetOf(fields.Channel, message);
            at.ChannelEnd = at.ChannelStart + fields.Channel.Length;
        }

        if (!TShape.Payload.IsEmpty)
        {
            at.PayloadStart = OffsetOf(fields.Payload, message);
            at.PayloadEnd = at.PayloadStart + fields.Payload.Length;
        }

        template.Learn(message, at);
        _isSecondLast = !_isSecondLast;
    }

    private static int OffsetOf(ReadOnlySpan<byte> part, ReadOnlySpan<byte> message) =>
        (int)Unsafe.ByteOffset(ref MemoryMarshal.GetReference(message), ref MemoryMarshal.GetReference(part));
}
