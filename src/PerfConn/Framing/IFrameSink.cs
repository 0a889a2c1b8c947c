using System;

namespace PerfConn.Framing;

/// <summary>Where a frame parser pours what it has found. The spans are valid during the call only.</summary>
/// <remarks>Implemented by structs and passed by reference, so that the calls compile to direct, inlinable ones.</remarks>
public interface IFrameSink
{
    /// <summary>A whole message, its fragments put together.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="isText">Whether it was sent as text; it is then valid UTF-8, unless validation is switched off.</param>
    void OnMessage(ReadOnlySpan<byte> payload, bool isText);

    /// <summary>A control frame. A close is checked (code and reason are valid) and is the last call that this parser makes.</summary>
    void OnControl(ControlFrame frame, ReadOnlySpan<byte> payload);
}
