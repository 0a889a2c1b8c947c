using PerfConn.Protocol;

namespace PerfConn.Sequencing;

/// <summary>A protocol's rules as an array by channel, made once for each protocol.</summary>
internal static class SequenceRules<TProtocol>
    where TProtocol : struct, IVenueProtocol
{
    public static SequenceRule[] OfChannels { get; } = Read();

    private static SequenceRule[] Read()
    {
        var rules = new SequenceRule[TickChannel.Limit];
        for (int channel = 0; channel < rules.Length; channel++)
        {
            rules[channel] = TProtocol.RuleOf(new TickChannel((byte)channel));
        }

        return rules;
    }
}
