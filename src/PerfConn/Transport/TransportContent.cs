namespace PerfConn.Transport;

/// <summary>What a transport's pipes carry.</summary>
public enum TransportContent
{
    /// <summary>The raw bytes of the connection: the framing layer performs the opening handshake and parses the frames.</summary>
    Bytes,

    /// <summary>Message records (<see cref="MessageRecord"/>): the transport has done handshake and framing itself and keeps the boundaries.</summary>
    Messages,
}
