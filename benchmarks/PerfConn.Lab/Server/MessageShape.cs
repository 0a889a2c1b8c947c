using System;
using System.Collections.Generic;
using System.Linq;

namespace PerfConn.Lab.Server;

/// <summary>A kind of message that the blast server sends.</summary>
/// <param name="Name">As it stands in the server's path.</param>
/// <param name="Title">As it stands in tables.</param>
/// <param name="Combined">Wrapped as combined streams are.</param>
/// <param name="Levels">Price levels of a depth update; 0 for a book ticker.</param>
/// <param name="Mixed">Whether names and prices differ in length from message to message, as a whole market's do.</param>
/// <param name="Deflate">Whether it is compressed, and with the context kept from message to message.</param>
internal sealed record MessageShape(string Name, string Title, bool Combined = false, int Levels = 0, bool Mixed = false, ShapeDeflate Deflate = ShapeDeflate.None)
{
    public static MessageShape Book { get; } = new("book", "bookTicker");

    public static MessageShape MixedBook { get; } = new("mixed", "bookTicker, names and prices of many lengths", Mixed: true);

    public static MessageShape CombinedBook { get; } = new("combined", "combined bookTicker", Combined: true);

    public static MessageShape Depth { get; } = new("depth", "depth update of 1 KB", Levels: 29);

    public static MessageShape Large { get; } = new("large", "depth update of 16 KB", Levels: 509);

    public static MessageShape Deflated { get; } = new("deflate", "bookTicker, deflated, context kept", Deflate: ShapeDeflate.Kept);

    public static MessageShape DeflatedFresh { get; } = new("deflate-fresh", "bookTicker, deflated, no context", Deflate: ShapeDeflate.Fresh);

    private static IReadOnlyList<MessageShape> All { get; } = [Book, MixedBook, CombinedBook, Depth, Large, Deflated, DeflatedFresh];

    public static MessageShape Find(string name) => All.First(s => string.Equals(s.Name, name, StringComparison.Ordinal));
}
