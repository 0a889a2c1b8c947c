using System.Text;
using PerfConn.Tool.Running;
using Xunit;

namespace PerfConn.Tests.Tool;

/// <summary>The venue's time out of a tick.</summary>
public sealed class EventTimeFieldTests
{
    [Theory]
    [InlineData("E:ms", "{\"E\":1672515782136}", 1_672_515_782_136_000_000)]
    [InlineData("E:us", "{\"u\":1,\"E\":1672515782136000}", 1_672_515_782_136_000_000)]
    [InlineData("ts:ns", "{\"ts\":\"1672515782136000001\"}", 1_672_515_782_136_000_001)]
    [InlineData("a:b:ms", "{\"a:b\":2}", 2_000_000)]
    public void It_is_read_in_its_unit(string field, string payload, long unixNanoseconds)
    {
        Assert.True(EventTimeField.Parse(field).TryRead(Encoding.UTF8.GetBytes(payload), out long read));
        Assert.Equal(unixNanoseconds, read);
    }

    [Theory]
    [InlineData("{\"e\":1}")]
    [InlineData("{\"E\":null}")]
    [InlineData("{\"E\":-1}")]
    [InlineData("{\"E\":9223372036854775807}")]
    [InlineData("{\"E\":\"soon\"}")]
    [InlineData("")]
    public void What_is_no_time_is_not_measured(string payload)
    {
        Assert.False(EventTimeField.Parse("E:ms").TryRead(Encoding.UTF8.GetBytes(payload), out long read));
        Assert.Equal(0, read);
    }
}
