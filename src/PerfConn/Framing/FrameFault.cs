namespace PerfConn.Framing;

/// <summary>What a peer can do wrong on the framing layer. A value, not an exception: hostile bytes must stay cheap.</summary>
public enum FrameFault : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A reserved bit is set without an extension that defines it (RFC 6455 section 5.2).</summary>
    ReservedBit,

    /// <summary>Opcode 3-7 or 11-15 (RFC 6455 section 5.2).</summary>
    ReservedOpcode,

    /// <summary>A server masked a frame (RFC 6455 section 5.1).</summary>
    Masked,

    /// <summary>A client did not mask a frame (RFC 6455 section 5.1).</summary>
    NotMasked,

    /// <summary>A length that does not use the shortest form, or has the top bit set (RFC 6455 section 5.2); a raw length that cannot be one.</summary>
    BadLength,

    /// <summary>A control frame above 125 bytes (RFC 6455 section 5.5).</summary>
    ControlTooLong,

    /// <summary>A control frame without FIN (RFC 6455 section 5.5).</summary>
    ControlFragmented,

    /// <summary>A continuation without a message to continue (RFC 6455 section 5.4).</summary>
    UnexpectedContinuation,

    /// <summary>A new message while one is being continued (RFC 6455 section 5.4).</summary>
    ContinuationExpected,

    /// <summary>A text message or close reason that is not UTF-8 (RFC 6455 sections 5.6 and 7.1.6).</summary>
    InvalidUtf8,

    /// <summary>A Close payload of one byte, or a close code that must not be sent (RFC 6455 section 7.4).</summary>
    InvalidClose,

    /// <summary>A frame, or its message so far, above the limit.</summary>
    MessageTooBig,

    /// <summary>More fragments in one message than the limit.</summary>
    TooManyFragments,

    /// <summary>A compressed message that is not deflate data, or breaks off inside a block (RFC 7692 section 7.2.2).</summary>
    InvalidDeflate,

    /// <summary>A message record with an impossible header.</summary>
    BadRecord,

    /// <summary>A FIX message that does not begin with the expected BeginString (8=) followed by BodyLength (9=).</summary>
    BadBeginString,

    /// <summary>A FIX BodyLength that is no number, or at whose end no CheckSum field (10=) begins.</summary>
    BadBodyLength,

    /// <summary>A FIX CheckSum that is not that of its message, or not three digits.</summary>
    BadChecksum,

    /// <summary>A message that did not end within its time limit. Found by the line, not by a parser.</summary>
    MessageTooSlow,

    /// <summary>More pings and pongs in a second than the limit. Found by the line, not by a parser.</summary>
    TooManyControlFrames,

    /// <summary>A frame that is not what its framing prescribes, where nothing above says it better: for framings of users.</summary>
    Malformed,
}
