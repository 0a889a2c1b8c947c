using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace PerfConn.Diagnostics;

/// <summary>Gathers what is wrong with options, so that their user hears all of it at once.</summary>
internal sealed class OptionsCheck
{
    private readonly List<string> _errors = [];

    /// <summary>The value must be from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public OptionsCheck Between<T>(T value, T least, T most, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            _errors.Add(FormattableString.Invariant($"{name} must be from {least} to {most}, it is {value}"));
        }

        return this;
    }

    /// <summary>The value must be <paramref name="least"/> or more.</summary>
    public OptionsCheck AtLeast<T>(T value, T least, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0)
        {
            _errors.Add(FormattableString.Invariant($"{name} must be at least {least}, it is {value}"));
        }

        return this;
    }

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
            _errors.Add(error);
        }

        return this;
    }

    /// <inheritdoc cref="That(bool, string)"/>
    public OptionsCheck That(bool isGood, [InterpolatedStringHandlerArgument(nameof(isGood))] ref OptionsError error)
    {
        if (!isGood)
        {
            _errors.Add(error.ToStringAndClear());
        }

        return this;
    }

    /// <summary>What is wrong with options inside these, their names behind <paramref name="name"/>.</summary>
    public OptionsCheck Nested(string name, Action<OptionsCheck>? check)
    {
        if (check is null)
        {
            return this;
        }

        var inner = new OptionsCheck();
        check(inner);
        foreach (string error in inner._errors)
        {
            _errors.Add($"{name}.{error}");
        }

        return this;
    }

    /// <summary>Throws when anything is wrong.</summary>
    /// <exception cref="InvalidOptionsException">Something is.</exception>
    public void Throw()
    {
        if (_errors.Count > 0)
        {
            throw new InvalidOptionsException(_errors);
        }
    }
}
