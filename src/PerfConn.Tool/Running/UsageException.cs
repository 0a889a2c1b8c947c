using System;

namespace PerfConn.Tool.Running;

/// <summary>The command line asks for something that cannot be; the message says what, in one line. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
