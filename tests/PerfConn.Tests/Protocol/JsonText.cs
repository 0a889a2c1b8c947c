using System;
using System.Text;

namespace PerfConn.Tests.Protocol;

/// <summary>Writes random JSON: white space anywhere, strings with every kind of escape, nesting, no key twice.</summary>
internal sealed class JsonText(SplitMix random)
{
    private readonly StringBuilder _text = new();
    private int _keys;

    public string Object(int depth)
    {
        _text.Clear();
        Space();
        WriteObject(depth);
        Space();
        return _text.ToString();
    }

    private void WriteObject(int depth)
    {
        _text.Append('{');
        Space();
        int fields = random.Below(5);
        for (int i = 0; i < fields; i++)
        {
            _text.Append(i == 0 ? string.Empty : ",");
            Space();
            WriteString($"{_keys++}");
            Space();
            _text.Append(':');
            Space();
            WriteValue(depth);
            Space();
        }

        _text.Append('}');
    }

    private void WriteArray(int depth)
    {
        _text.Append('[');
        Space();
        int items = random.Below(4);
        for (int i = 0; i < items; i++)
        {
            _text.Append(i == 0 ? string.Empty : ",");
            Space();
            WriteValue(depth);
            Space();
        }

        _text.Append(']');
    }

    private void WriteValue(int depth)
    {
        switch (random.Below(depth > 0 ? 7 : 5))
        {
            case 0:
                _text.Append(random.Pick("0", "-1", "25.35190000", "1e5", "-0.5E-3", "123456789012345678901234567890"));
                break;
            case 1:
                _text.Append(random.Pick("true", "false"));
                break;
            case 2:
                _text.Append("null");
                break;
            case 5:
                WriteObject(depth - 1);
                break;
            case 6:
                WriteArray(depth - 1);
                break;
            default:
                WriteString(string.Empty);
                break;
        }
    }

    private void WriteString(string tail)
    {
        _text.Append('"');
        int parts = random.Below(4);
        for (int i = 0; i < parts; i++)
        {
            _text.Append(random.Pick("a", "\\\"", "\\\\", "}", "{", "[", "]", ",", ":", "\\u00e9", "\\n", "\\/", "é", "a string of some length", "\\\\\\\""));
        }

        _text.Append(tail).Append('"');
    }

    private void Space() => _text.Append(random.Pick(string.Empty, string.Empty, string.Empty, " ", "\n", "\t \r\n"));
}
