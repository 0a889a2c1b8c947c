using System;
using System.Collections.Generic;
using System.Linq;

namespace PerfConn.Tests.Symbols;

/// <summary>
/// Decides whether a recorded history of an add-only map is linearisable (Herlihy and Wing 1990): whether each operation can be given one moment between its start and its
/// end so that, in the order of these moments, the results are those of a map that one thread uses.
/// </summary>
/// <remarks>
/// In general that is a search. For keys that are written once it is a comparison: a key's operations split into those that found none and those that returned its
/// id, and all of the first must have a moment before all of the second. That can be done exactly when no operation of the first kind began after one of the second kind had
/// ended. Linearisability is local, so keys are looked at one by one; the count, which spans all keys, is held to two bounds that follow from it.
/// </remarks>
internal static class MapHistory
{
    /// <summary>What is wrong with the history, in words; null when it is linearisable.</summary>
    public static string? Violation(IReadOnlyCollection<MapOperation> history)
    {
        MapOperation[] ofKeys = [.. history.Where(operation => operation.Kind != MapOperationKind.Count)];
        var keyOfId = new Dictionary<int, int>();
        foreach (IGrouping<int, MapOperation> key in ofKeys.GroupBy(operation => operation.Key))
        {
            if (OfKey([.. key]) is { } violation)
            {
                return violation;
            }

            MapOperation known = key.FirstOrDefault(operation => operation.Result >= 0, new MapOperation(0, default, key.Key, -1, 0, 0));
            if (known.Result >= 0 && !keyOfId.TryAdd(known.Result, known.Key))
            {
                return $"keys {keyOfId[known.Result]} and {known.Key} have the same id {known.Result}";
            }
        }

        return OfCount(history, ofKeys);
    }

    private static string? OfKey(MapOperation[] history)
    {
        MapOperation? first = null;
        foreach (MapOperation operation in history.Where(operation => operation.Result >= 0))
        {
            if (first is { } other && other.Result != operation.Result)
            {
                return $"one key, two ids: {other} and {operation}";
            }

            first = first is { } earliest && earliest.End <= operation.End ? earliest : operation;
        }

        foreach (MapOperation operation in history.Where(operation => operation.Result < 0))
        {
            if (operation.Kind == MapOperationKind.GetOrAdd)
            {
                return $"an add without an id: {operation}";
            }

            if (first is { } known && operation.Start > known.End)
            {
                return $"a stale read: {operation} began after {known} had ended";
            }
        }

        return null;
    }

    /// <summary>A count is at least the keys whose id was out before it began, at most those that anybody had begun to add when it ended, and never less than a count that had ended.</summary>
    private static string? OfCount(IEnumerable<MapOperation> history, MapOperation[] ofKeys)
    {
        long[] known = [.. ofKeys.Where(operation => operation.Result >= 0).GroupBy(operation => operation.Key, (_, same) => same.Min(operation => operation.End)).Order()];
        long[] begun = [.. ofKeys.Where(operation => operation.Kind == MapOperationKind.GetOrAdd).GroupBy(operation => operation.Key, (_, same) => same.Min(operation => operation.Start)).Order()];
        MapOperation[] counts = [.. history.Where(operation => operation.Kind == MapOperationKind.Count).OrderBy(operation => operation.End)];
        foreach (MapOperation count in counts)
        {
            int least = known.Count(end => end < count.Start);
            int most = begun.Count(start => start <= count.End);
            if (count.Result < least || count.Result > most)
            {
                return $"a count out of bounds: {count}, {least} ids were out before it and {most} adds had begun after it";
            }
        }

        // In the order of their ends, the highest of those that ended before this one began.
        foreach (MapOperation count in counts)
        {
            foreach (MapOperation earlier in counts)
            {
                if (earlier.End >= count.Start)
                {
                    break;
                }

                if (earlier.Result > count.Result)
                {
                    return $"a count that fell: {earlier}, then {count}";
                }
            }
        }

        return null;
    }
}
