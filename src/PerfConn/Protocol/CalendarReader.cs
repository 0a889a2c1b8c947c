using System;
using System.Diagnostics;

namespace PerfConn.Protocol;

/// <summary>Reads the parts of a written date and time front to back. The first surprise makes the reading incomplete; whether the parts make a date is the caller's matter.</summary>
internal ref struct CalendarReader(ReadOnlySpan<byte> text)
{
    private const int NanosecondDigits = 9;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _position;
    private bool _failed;

    /// <summary>Whether all was as expected and nothing is left.</summary>
    public readonly bool IsComplete => !_failed && _position == _text.Length;

    public int Year { get; private set; }

    public int Month { get; private set; }

    public int Day { get; private set; }

    public int Hour { get; private set; }

    public int Minute { get; private set; }

    public int Second { get; private set; }

    public int Nanosecond { get; private set; }

    /// <summary>How far the clock that was read is ahead of UTC.</summary>
    public int OffsetMinutes { get; private set; }

    /// <summary>Four digits, two and two.</summary>
    /// <param name="separator">What stands between them, or a null for nothing.</param>
    public void ReadDate(char separator)
    {
        Year = (Two() * 100) + Two();
        Separate(separator);
        Month = Two();
        Separate(separator);
        Day = Two();
    }

    /// <summary>Hour, minute, second and what stands behind the point.</summary>
    public void ReadTime()
    {
        Hour = Two();
        Expect(':');
        Minute = Two();
        Expect(':');
        Second = Two();
        if (Next() == '.')
        {
            _position++;
            ReadFraction();
        }
    }

    /// <summary>A Z, or hours and minutes with a sign.</summary>
    public void ReadOffset()
    {
        int sign = Next() switch { '+' => 1, '-' => -1, _ => 0 };
        if (sign == 0)
        {
            _failed |= (Next() | 0x20) != 'z';
            _position++;
            return;
        }

        _position++;
        int hours = Two();
        Expect(':');
        int minutes = Two();
        _failed |= hours > 23 || minutes > 59;
        OffsetMinutes = sign * ((hours * 60) + minutes);
    }

    /// <summary>A T or a space.</summary>
    public void ExpectDateEnd()
    {
        _failed |= (Next() | 0x20) is not ('t' or ' ');
        _position++;
    }

    public void Expect(char letter)
    {
        _failed |= Next() != letter;
        _position++;
    }

    private void Separate(char separator)
    {
        if (separator != '\0')
        {
            Expect(separator);
        }
    }

    /// <summary>The next byte; -1, which is no byte, at the end.</summary>
    private readonly int Next() => (uint)_position < (uint)_text.Length ? _text[_position] : -1;

    private int Two()
    {
        if (_text.Length - _position < 2)
        {
            _failed = true;
            return 0;
        }

        int tens = _text[_position] - '0';
        int ones = _text[_position + 1] - '0';
        _failed |= (uint)tens > 9 || (uint)ones > 9;
        _position += 2;
        return (tens * 10) + ones;
    }

    /// <summary>Nine digits count; those behind them must be zeros.</summary>
    private void ReadFraction()
    {
        int start = _position;
        long value = 0;
        int digits = Utf8Digits.Read(_text[..Math.Min(_text.Length, start + NanosecondDigits)], start, ref value);
        Debug.Assert(digits <= NanosecondDigits, "the text was cut there");
        _failed |= digits == 0;
        Nanosecond = (int)(value * Utf8Digits.PowerOfTen(NanosecondDigits - digits));
        _position += digits;
        if (digits == NanosecondDigits)
        {
            while (Next() == '0')
            {
                _position++;
            }
        }
    }
}
