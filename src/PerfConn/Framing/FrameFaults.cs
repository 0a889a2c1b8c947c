namespace PerfConn.Framing;

/// <summary>What follows from a fault: the close code to send and the words to say.</summary>
public static class FrameFaults
{
    /// <summary>The close code that names the fault: 1002, 1007, 1008 or 1009 (RFC 6455 section 7.4.1).</summary>
    public static int CloseCode(this FrameFault fault) => fault switch
    {
        FrameFault.None => 1000,
        FrameFault.InvalidUtf8 or FrameFault.InvalidDeflate => 1007,
        FrameFault.MessageTooSlow or FrameFault.TooManyControlFrames => 1008,
        FrameFault.MessageTooBig or FrameFault.TooManyFragments => 1009,
        _ => 1002,
    };

    /// <summary>The fault in a few words.</summary>
    public static string Describe(this FrameFault fault) => fault switch
    {
        FrameFault.None => "no fault",
        FrameFault.ReservedBit => "a frame has a reserved bit set",
        FrameFault.ReservedOpcode => "a frame has a reserved opcode",
        FrameFault.Masked => "the server masked a frame",
        FrameFault.NotMasked => "the client did not mask a frame",
        FrameFault.BadLength => "a frame's length is malformed or not in its shortest form",
        FrameFault.ControlTooLong => "a control frame is longer than 125 bytes",
        FrameFault.ControlFragmented => "a control frame is fragmented",
        FrameFault.UnexpectedContinuation => "a continuation frame continues nothing",
        FrameFault.ContinuationExpected => "a new message began inside a fragmented one",
        FrameFault.InvalidUtf8 => "a text message or close reason is not valid UTF-8",
        FrameFault.InvalidClose => "a Close frame has an invalid code or length",
        FrameFault.MessageTooBig => "a message exceeds the size limit",
        FrameFault.TooManyFragments => "a message has too many fragments",
        FrameFault.InvalidDeflate => "a compressed message is not valid deflate data",
        FrameFault.BadRecord => "a message record has an impossible header",
        FrameFault.BadBeginString => "a FIX message does not begin with the expected BeginString and BodyLength",
        FrameFault.BadBodyLength => "a FIX BodyLength is malformed or wrong",
        FrameFault.BadChecksum => "a FIX CheckSum is malformed or wrong",
        FrameFault.MessageTooSlow => "a message takes longer than the time limit",
        FrameFault.TooManyControlFrames => "more pings and pongs in a second than the limit",
        FrameFault.Malformed => "a frame is not what its framing prescribes",
        _ => fault.ToString(),
    };
}
