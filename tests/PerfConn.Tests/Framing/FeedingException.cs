using System;

namespace PerfConn.Tests.Framing;

/// <summary>A parser has made of one segmentation what it has not made of another.</summary>
internal sealed class FeedingException(string message) : Exception(message);
