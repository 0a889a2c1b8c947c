using System;
using System.Threading;

namespace PerfConn.Resilience;

/// <summary>
/// What retries are paid from, so that a failing venue is not asked many times more than a working one. A retry takes a token; only proof that the venue works brings some
/// back, neither time nor another failure does. Share one among all that ask the same venue.
/// </summary>
/// <remarks>
/// Thread-safe, allocates nothing. Retries are never more than the capacity plus <c>perProof</c> for each proof. The idea is that of gRPC's retry throttling (proposal A6) and of
/// Finagle's retry budget.
/// </remarks>
public sealed class RetryBudget
{
    private const int Unit = 1000;

    private readonly int _capacity;
    private readonly int _perProof;
    private int _left;

    /// <summary>Makes a full budget.</summary>
    /// <param name="capacity">Tokens it holds at most, 1 to 1,000,000. Default: 10.</param>
    /// <param name="perProof">Tokens that a proof brings back, more than 0 and at most 1. Default: 0.2, a retry for every five successes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public RetryBudget(int capacity = 10, double perProof = 0.2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1_000_000);
        if (perProof is not (>= 1.0 / Unit and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(perProof), perProof, "A proof must bring back from 0.001 to 1 token.");
        }

        _left = _capacity = capacity * Unit;
        _perProof = (int)(perProof * Unit);
    }

    /// <summary>Tokens left.</summary>
    public double Tokens => (double)Volatile.Read(ref _left) / Unit;

    /// <summary>Takes a token for a retry; false when there is none.</summary>
    public bool TryWithdraw()
    {
        int left = Volatile.Read(ref _left);
        while (left >= Unit)
        {
            int seen = Interlocked.CompareExchange(ref _left, left - Unit, left);
            if (seen == left)
            {
                return true;
            }

            left = seen;
        }

        return false;
    }

    /// <summary>Proof: something that was asked for has come.</summary>
    public void Deposit()
    {
        int left = Volatile.Read(ref _left);
        while (left < _capacity)
        {
            int seen = Interlocked.CompareExchange(ref _left, Math.Min(left + _perProof, _capacity), left);
            if (seen == left)
            {
                return;
            }

            left = seen;
        }
    }
}
