using System;

namespace PerfConn.Tool.Running;

/// <summary>Something failed that is no connection (a child process, a port that is taken); the message says what, in one line. Exit code 1.</summary>
internal sealed class ToolException(string message) : Exception(message);
