using System;
using System.Buffers;

namespace PerfConn.Protocol;

/// <summary>
/// What is code about a venue: reading its messages and writing its requests. Implemented by a small struct, which becomes a type
/// parameter of the tick pipeline, so that parsing compiles into one loop with what surrounds it.
/// </summary>
/// <remarks>
/// <see cref="Read{TSink}"/> runs on the receive loop, does not allocate and does not throw, whatever the bytes are. The other members
/// belong to the control plane. An instance belongs to one line; it may keep state between messages (a prediction of where the last
/// message of that shape had its fields, for example).
/// </remarks>
public interface IVenueProtocol
{
    /// <summary>Whether symbols are the same whatever their case (Binance subscribes in lower case and publishes in upper case).</summary>
    static abstract bool IgnoresSymbolCase { get; }

    /// <summary>Reads one message and pours what it means into <paramref name="sink"/>.</summary>
    void Read<TSink>(ReadOnlySpan<byte> message, ref TSink sink)
        where TSink : struct, IProtocolSink, allows ref struct;

    /// <summary>The rule by which a channel's ticks are numbered, per symbol. Default: none.</summary>
    static virtual SequenceRule RuleOf(TickChannel channel) => SequenceRule.None;

    /// <summary>
    /// Reads the numbers of a tick; asked for each tick whose channel has a rule, on the receive loop, so it must find them where they are and not search. A static method without
    /// state: what it is given comes from <see cref="Read{TSink}"/>'s own call.
    /// </summary>
    /// <param name="channel">The stream of the symbol.</param>
    /// <param name="payload">The item, without the venue's envelope.</param>
    /// <param name="span">Its numbers; make it with the method of <see cref="SequenceSpan"/> that is named as the rule.</param>
    /// <returns>False when the channel has no rule, or the payload no number: the tick is then taken as it comes.</returns>
    static virtual bool TryReadSequence(TickChannel channel, ReadOnlySpan<byte> payload, out SequenceSpan span)
    {
        span = default;
        return false;
    }

    /// <summary>The rule by which a line's messages are numbered as a whole, whatever they say (Coinbase, FIX). Default: none.</summary>
    static virtual SequenceRule LineRule => SequenceRule.None;

    /// <summary>
    /// Reads the number of a message; asked for each message when <see cref="LineRule"/> is one, before <see cref="Read{TSink}"/>. A message that came before is not read
    /// again, and one that comes after a gap puts a gap before the next tick of each stream.
    /// </summary>
    /// <returns>False when the message has none.</returns>
    static virtual bool TryReadLineSequence(ReadOnlySpan<byte> message, out SequenceSpan span)
    {
        span = default;
        return false;
    }

    /// <summary>Splits a stream name as a user writes it (<c>btcusdt@bookTicker</c>) into symbol and channel.</summary>
    /// <returns>False with <paramref name="error"/> saying what is wrong, in one line, when the venue has no such stream.</returns>
    static abstract bool TryParseStream(string stream, out string symbol, out TickChannel channel, out string error);

    /// <summary>Writes one request that subscribes to the streams.</summary>
    static abstract void WriteSubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams);

    /// <summary>Writes one request that unsubscribes from the streams.</summary>
    static abstract void WriteUnsubscribe(IBufferWriter<byte> output, long requestId, ReadOnlySpan<string> streams);

    /// <summary>Writes a request for the venue's own list of this line's subscriptions.</summary>
    static abstract void WriteListSubscriptions(IBufferWriter<byte> output, long requestId);
}
