using System;
using System.Net;
using System.Net.Sockets;

namespace PerfConn.Transport.Sockets;

/// <summary>How one attempt of a race ended: with a connected socket, or with an error.</summary>
internal readonly record struct RaceResult(EndPoint Target, Socket? Socket, Exception? Error);
