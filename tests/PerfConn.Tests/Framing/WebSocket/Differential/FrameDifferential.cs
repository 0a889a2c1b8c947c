using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using PerfConn.Framing;
using PerfConn.Framing.WebSocket;

namespace PerfConn.Tests.Framing.WebSocket.Differential;

/// <summary>
/// RELIABILITY D08: the same bytes to this parser and to the runtime's own client, <c>WebSocket.CreateFromStream(..., IsServer = false)</c>: same messages, same close, same
/// verdict, but for the <see cref="Difference"/>s. Four scripts of five are spoiled.
/// </summary>
internal static class FrameDifferential
{
    private const int Zeros = 70_000;

    /// <summary>Compares one script.</summary>
    /// <param name="seed">Makes the script, and the pieces in which both get it.</param>
    public static async ValueTask<DifferentialOutcome> CompareAsync(ulong seed)
    {
        var random = new SplitMix(seed);
        byte[] script = FrameScripts.Valid(random);
        bool isSpoiled = !random.OneIn(5);
        if (isSpoiled)
        {
            script = FrameScripts.Spoil(script, random);
        }

        (FrameworkReading ours, FrameFault fault, bool hasNoCode) = Read(script, random);
        FrameworkReading theirs = await FrameworkReading.ReadAsync(script, random);
        if (!isSpoiled && fault != FrameFault.None)
        {
            return new DifferentialOutcome(seed, script, ours, fault, theirs, null, IsExplained: false);
        }

        if (ours.SaysTheSameAs(theirs))
        {
            return new DifferentialOutcome(seed, script, ours, fault, theirs, hasNoCode ? Difference.NoCode : null, IsExplained: true);
        }

        Difference? explanation = await ExplainAsync(script, ours, fault, theirs, random);
        return new DifferentialOutcome(seed, script, ours, fault, theirs, explanation, explanation is not null);
    }

    /// <summary>Why the two differ; null when nobody knows.</summary>
    private static async ValueTask<Difference?> ExplainAsync(byte[] script, FrameworkReading ours, FrameFault fault, FrameworkReading theirs, SplitMix random)
    {
        bool sameSoFar = theirs.Events.Take(ours.Events.Count).SequenceEqual(ours.Events, StringComparer.Ordinal);
        switch (fault)
        {
            case FrameFault.None:
                return null;
            case FrameFault.BadLength or FrameFault.ControlTooLong when sameSoFar:
                return Difference.ShortestForm;
            case FrameFault.InvalidUtf8 when sameSoFar && theirs.FirstInvalidText == ours.Events.Count:
                return Difference.TextCutOff;
            case FrameFault.MessageTooBig when sameSoFar && theirs.Ending == "starved":
                return Difference.Limit;
            default:
                if (!sameSoFar || theirs.Ending != "starved")
                {
                    return null;
                }

                // It waits: whatever comes next, it must refuse too. Two bytes complete any header's beginning; text needs its frame's end.
                byte[] longer = new byte[script.Length + Zeros];
                script.CopyTo(longer, 0);
                FrameworkReading later = await FrameworkReading.ReadAsync(longer, random);
                bool refusesLater = later.Ending == "refused" && later.Events.SequenceEqual(ours.Events, StringComparer.Ordinal);
                return refusesLater || fault == FrameFault.InvalidUtf8 ? Difference.ToldSooner : null;
        }
    }

    private static (FrameworkReading Reading, FrameFault Fault, bool HasNoCode) Read(byte[] script, SplitMix random)
    {
        ParserOutcome outcome = Feeder.FeedEveryWay(
            static () => new WebSocketFrameParser<ClientRole>(FrameLimits.Default), script, [Cuts.Random(script.Length, random)]);
        var events = new List<string>();
        bool hasNoCode = false;
        foreach (string line in outcome.Events)
        {
            if (line.StartsWith("Close ", StringComparison.Ordinal))
            {
                byte[] payload = Convert.FromHexString(line.Split('[', ']')[1]);
                (int code, string reason) = CloseFrame.Read(payload);
                hasNoCode = payload.Length == 0;
                events.Add(FrameworkReading.Closed(hasNoCode ? 1000 : code, reason));
            }
            else if (!line.StartsWith("Pi", StringComparison.Ordinal) && !line.StartsWith("Po", StringComparison.Ordinal))
            {
                events.Add(line);
            }
        }

        string ending = outcome.IsClosed ? "closed" : outcome.Fault != FrameFault.None ? "refused" : "starved";
        return (new FrameworkReading(events, ending), outcome.Fault, hasNoCode);
    }
}
