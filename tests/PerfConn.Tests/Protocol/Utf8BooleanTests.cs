using System;
using System.Text;
using PerfConn.Protocol;
using Xunit;

namespace PerfConn.Tests.Protocol;

public class Utf8BooleanTests
{
    [Theory]
    [InlineData("true", true, null, null)]
    [InlineData("false", false, null, null)]
    [InlineData("1", null, true, null)]
    [InlineData("0", null, false, null)]
    [InlineData("Y", null, null, true)]
    [InlineData("N", null, null, false)]
    [InlineData("", null, null, null)]
    [InlineData("True", null, null, null)]
    [InlineData("y", null, null, null)]
    [InlineData("10", null, null, null)]
    [InlineData("truee", null, null, null)]
    public void Each_way_of_writing_has_its_reader(string text, bool? json, bool? digit, bool? fix)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal((json is not null, json ?? false), (Utf8Boolean.TryParse(bytes, out bool value), value));
        Assert.Equal((digit is not null, digit ?? false), (Utf8Boolean.TryParseDigit(bytes, out value), value));
        Assert.Equal((fix is not null, fix ?? false), (Utf8Boolean.TryParseFix(bytes, out value), value));
    }
}
