using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PerfConn.Fuzz;

// perfconn-fuzz <target> <file or folder>...            runs the inputs, to replay a crash or check the corpus
// perfconn-fuzz <target> --mutate SEED COUNT <folder>   runs COUNT mutations of the folder's inputs; the seed replays them
// perfconn-fuzz frame --differential COUNT SEED         compares COUNT scripts, of the seeds from SEED on, with the runtime's WebSocket client
// perfconn-fuzz cuts COUNT SEED <corpus folder>         cuts the corpus and its mutations in COUNT ways, over all parsers
IFuzzTarget[] targets =
[
    new FrameTarget(), new HandshakeTarget(), new BinanceTarget(), new DeflateTarget(), new LengthTarget(), new DelimitedTarget(), new FixTarget(), new ShapesTarget(),
];
if (args is ["frame", "--differential", var scripts, var from])
{
    return await DifferentialRun.RunAsync(long.Parse(scripts, CultureInfo.InvariantCulture), ulong.Parse(from, CultureInfo.InvariantCulture));
}

if (args is ["cuts", var plans, var cutSeed, var corpus])
{
    ICutTarget[] cutTargets = [.. targets.OfType<ICutTarget>(), new RecordTarget()];
    return CutPlans.Run(
        cutTargets, name => Load([Path.Combine(corpus, name)]), long.Parse(plans, CultureInfo.InvariantCulture), int.Parse(cutSeed, CultureInfo.InvariantCulture));
}

IFuzzTarget? target = args.Length < 2 ? null : targets.FirstOrDefault(t => t.Name == args[0]);
if (target is null)
{
    Console.Error.WriteLine($"usage: <{string.Join('|', targets.Select(t => t.Name))}> [--mutate SEED COUNT] <file or folder>... | frame --differential COUNT SEED | cuts COUNT SEED <corpus>");
    return 2;
}

bool mutates = args[1] == "--mutate";
List<byte[]> inputs = Load(args.AsSpan(mutates ? 4 : 1));
if (mutates)
{
    int seed = int.Parse(args[2], CultureInfo.InvariantCulture);
    long count = long.Parse(args[3], CultureInfo.InvariantCulture);
    var mutator = new Mutator(seed, inputs);
    for (long i = 0; i < count; i++)
    {
        byte[] input = mutator.Next();
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine($"{args[0]}: seed {seed}, input {i}: {e.GetType().Name}: {e.Message}");
            Console.Error.WriteLine(Convert.ToHexString(input));
            return 1;
        }
    }

    Console.WriteLine($"{args[0]}: {count} mutations of {inputs.Count} inputs, seed {seed}: nothing found");
    return 0;
}

foreach (byte[] input in inputs)
{
    target.Run(input);
}

Console.WriteLine($"{args[0]}: {inputs.Count} inputs, nothing found");
return 0;

static List<byte[]> Load(ReadOnlySpan<string> paths)
{
    var inputs = new List<byte[]>();
    foreach (string path in paths)
    {
        foreach (string file in Directory.Exists(path) ? Directory.GetFiles(path) : [path])
        {
            inputs.Add(File.ReadAllBytes(file));
        }
    }

    return inputs;
}
