using System;

namespace PerfConn.Protocol;

/// <summary>A date and a time of day in numbers of two and four digits, as somebody wrote them.</summary>
internal readonly record struct WrittenTime(int Year, int Month, int Day, int Hour, int Minute, int Second)
{
    /// <summary>1970-01-01 in days since 0001-01-01.</summary>
    private const int EpochDay = 719_162;

    private const int SecondsPerDay = 86_400;

    /// <summary>Whether there is such a date and time; second 60 counts as one.</summary>
    public bool IsValid =>
        Year > 0 && (uint)(Month - 1) < 12 && Day > 0 && (Day <= 28 || Day <= DateTime.DaysInMonth(Year, Month))
        && Hour <= 23 && Minute <= 59 && Second <= 60;

    /// <summary>Seconds since 1970 on the clock that was read, without leap seconds.</summary>
    public long SecondsSince1970 =>
        ((long)(new DateOnly(Year, Month, Day).DayNumber - EpochDay) * SecondsPerDay) + (((Hour * 60) + Minute) * 60) + Second;

    /// <summary>Whether a month begins at <paramref name="seconds"/> after 1970: only before it can a leap second have been.</summary>
    public static bool BeginsMonth(long seconds) =>
        seconds % SecondsPerDay == 0 && DateOnly.FromDayNumber((int)(seconds / SecondsPerDay) + EpochDay).Day == 1;
}
