using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace PerfConn.Diagnostics;

/// <summary>Gathers what is wrong with options, so that their user hears all of it at once.</summary>
internal sealed class OptionsCheck
{
    /// <summary>That of <c>Retry.LongestDelay</c>: a timer goes to 49 days.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(30);

    /// <summary>Made by the first thing that is wrong: every connect checks dozens that are right.</summary>
    private List<string>? _errors;

    /// <summary>The value must be from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public OptionsCheck Between<T>(T value, T least, T most, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            Add(FormattableString.Invariant($"{name} must be from {least} to {most}, it is {value}"));
        }

        return this;
    }

    /// <summary>The value must be <paramref name="least"/> or more.</summary>
    public OptionsCheck AtLeast<T>(T value, T least, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0)
        {
            Add(FormattableString.Invariant($"{name} must be at least {least}, it is {value}"));
        }

        return this;
    }

    /// <summary>The time must be one that a timer keeps: 1 ms to 30 days. Null is none, and good.</summary>
    public OptionsCheck Time(TimeSpan? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is { } time ? Between(time, TimeSpan.FromMilliseconds(1), s_longest, name) : this;

    /// <summary>The value must be there.</summary>
    public OptionsCheck NotNull(object? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        That(value is not null, $"{name} must not be null");

    /// <summary>Whatever else must hold.</summary>
    /// <param name="isGood">Whether it does.</param>
    /// <param name="error">What is wrong if it does not, beginning with the option's name.</param>
    public OptionsCheck That(bool isGood, string error)
    {
        if (!isGood)
        {
            Add(error);
        }

        return this;
    }

    /// <inheritdoc cref="That(bool, string)"/>
    public OptionsCheck That(bool isGood, [InterpolatedStringHandlerArgument(nameof(isGood))] ref OptionsError error)
    {
        if (!isGood)
        {
            Add(error.ToStringAndClear());
        }

        return this;
    }

    /// <summary>What is wrong with options inside these, their names behind <paramref name="name"/>; nothing is where there are none.</summary>
    public OptionsCheck Nested<T>(T? options, Action<T, OptionsCheck> check, [CallerArgumentExpression(nameof(options))] string name = "")
        where T : class
    {
        if (options is null)
        {
            return this;
        }

        int first = _errors?.Count ?? 0;
        check(options, this);
        for (int i = first; i < (_errors?.Count ?? 0); i++)
        {
            _errors![i] = $"{name}.{_errors[i]}";
        }

        return this;
    }

    /// <summary>Throws when anything is wrong.</summary>
    /// <exception cref="InvalidOptionsException">Something is.</exception>
    public void Throw()
    {
        if (_errors is not null)
        {
            throw new InvalidOptionsException(_errors);
        }
    }

    private void Add(string error) => (_errors ??= []).Add(error);
}
