using System.IO;
using System.Threading;

namespace PerfConn.TestKit;

/// <summary>Counts operations that may fail, and says of one of them that it does.</summary>
/// <remarks>Thread-safe: each operation gets a number of its own.</remarks>
public sealed class OperationCounter
{
    private readonly int? _failAt;
    private volatile string? _failed;
    private int _count;

    /// <summary>Makes a counter.</summary>
    /// <param name="failAt">The number, from 1, of the operation that fails; null: none.</param>
    public OperationCounter(int? failAt = null) => _failAt = failAt;

    /// <summary>Operations so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The operation that was made to fail, such as <c>operation 7 (flush)</c>; null when none has been.</summary>
    public string? Failed => _failed;

    /// <summary>Counts an operation and tells whether it is the one that fails.</summary>
    /// <param name="operation">Its name, for messages.</param>
    public bool Fails(string operation)
    {
        int number = Interlocked.Increment(ref _count);
        if (number != _failAt)
        {
            return false;
        }

        _failed = $"operation {number} ({operation})";
        return true;
    }

    /// <summary>Counts an operation of the test's own; throws when it is the one that fails.</summary>
    /// <param name="operation">Its name, for messages.</param>
    /// <exception cref="IOException">It is this one's turn to fail.</exception>
    public void Pass(string operation)
    {
        if (Fails(operation))
        {
            throw new IOException("fault injected: " + _failed);
        }
    }
}
