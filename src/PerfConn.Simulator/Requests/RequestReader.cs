using System;
using System.Collections.Generic;
using System.Text.Json;

namespace PerfConn.Simulator.Requests;

/// <summary>Reads a request: first the JSON as a whole, so that an id is echoed even in a refusal, then its meaning.</summary>
internal static class RequestReader
{
    private const int MaxIdLength = 36;

    private const string Methods = "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`";

    public static Request Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return Scan(json);
        }
        catch (JsonException e)
        {
            return new Request { Error = RequestError.InvalidJson((e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1) };
        }
        catch (InvalidOperationException)
        {
            // The reader refuses text that is not Unicode once unescaped, a lone surrogate for one, only when it is asked for the value.
            return new Request { Error = RequestError.InvalidJson(1, 1) };
        }
    }

    private static Request Scan(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        byte[]? id = null;
        RequestError? idError = null;
        RequestParameter? method = null;
        JsonTokenType paramsKind = JsonTokenType.None;
        List<RequestParameter> parameters = [];
        reader.Read();
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                (id, idError) = ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                reader.Read();
                method = ReadParameter(ref reader);
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                reader.Read();
                paramsKind = reader.TokenType;
                parameters = ReadParameters(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // To the end: what follows the value must be nothing.
        while (reader.Read())
        {
            reader.Skip();
        }

        Request request = !isObject ? Refuse(RequestError.Invalid("expected an object"))
            : idError is not null ? Refuse(idError)
            : method is null ? Refuse(RequestError.Invalid($"missing field `method` at line 1 column {json.Length}"))
            : Understand(method.Value, paramsKind, parameters, json.Length);
        return id is null ? request : request with { Id = id };
    }

    private static (byte[]? Id, RequestError? Error) ReadId(ref Utf8JsonReader reader)
    {
        bool isGood = reader.TokenType switch
        {
            JsonTokenType.Null => true,
            JsonTokenType.Number => reader.TryGetInt64(out _),
            JsonTokenType.String => reader.GetString()!.Length <= MaxIdLength,
            _ => false,
        };
        if (!isGood)
        {
            reader.Skip();
            return (null, RequestError.Invalid($"request ID must be a 64-bit signed integer, a string of at most {MaxIdLength} characters or null"));
        }

        return (reader.TokenType == JsonTokenType.String ? [(byte)'"', .. reader.ValueSpan, (byte)'"'] : reader.ValueSpan.ToArray(), null);
    }

    private static RequestParameter ReadParameter(ref Utf8JsonReader reader)
    {
        var parameter = new RequestParameter(reader.TokenType, reader.TokenType == JsonTokenType.String ? reader.GetString() : null);
        reader.Skip();
        return parameter;
    }

    private static List<RequestParameter> ReadParameters(ref Utf8JsonReader reader)
    {
        List<RequestParameter> parameters = [];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return parameters;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            parameters.Add(ReadParameter(ref reader));
        }

        return parameters;
    }

    private static Request Understand(RequestParameter method, JsonTokenType paramsKind, List<RequestParameter> parameters, int length) =>
        method.Kind != JsonTokenType.String ? Refuse(RequestError.Invalid("method must be a string"))
        : paramsKind is not (JsonTokenType.None or JsonTokenType.Null or JsonTokenType.StartArray) ? Refuse(RequestError.Invalid("params must be an array"))
        : method.Text switch
        {
            "SUBSCRIBE" => Streams(RequestMethod.Subscribe, paramsKind, parameters),
            "UNSUBSCRIBE" => Streams(RequestMethod.Unsubscribe, paramsKind, parameters),
            "LIST_SUBSCRIPTIONS" => parameters.Count > 0
                ? Refuse(RequestError.TooManyParameters)
                : new Request { Method = RequestMethod.ListSubscriptions },
            "SET_PROPERTY" => Set(parameters),
            "GET_PROPERTY" => Property(parameters, most: 1) is { } error ? Refuse(error) : new Request { Method = RequestMethod.GetProperty },
            _ => Refuse(RequestError.Invalid($"unknown variant `{method.Text}`, expected one of {Methods} at line 1 column {length}")),
        };

    private static Request Streams(RequestMethod method, JsonTokenType paramsKind, List<RequestParameter> parameters)
    {
        if (paramsKind != JsonTokenType.StartArray)
        {
            return Refuse(RequestError.Invalid("missing field `params`"));
        }

        var streams = new string[parameters.Count];
        for (int i = 0; i < streams.Length; i++)
        {
            if (parameters[i].Text is not { } name)
            {
                return Refuse(RequestError.Invalid("a stream name must be a string"));
            }

            streams[i] = name;
        }

        return new Request { Method = method, Streams = streams };
    }

    private static Request Set(List<RequestParameter> parameters) =>
        Property(parameters, most: 2) is { } error ? Refuse(error)
        : parameters.Count < 2 || parameters[1].Kind is not (JsonTokenType.True or JsonTokenType.False) ? Refuse(RequestError.NotBoolean)
        : new Request { Method = RequestMethod.SetProperty, Value = parameters[1].Kind == JsonTokenType.True };

    /// <summary>What is wrong with the property's name; there is only one property.</summary>
    private static RequestError? Property(List<RequestParameter> parameters, int most) =>
        parameters.Count > most ? RequestError.TooManyParameters
        : parameters.Count == 0 || parameters[0].Text is not { } name ? RequestError.PropertyNotString
        : name != "combined" ? RequestError.UnknownProperty
        : null;

    private static Request Refuse(RequestError error) => new() { Error = error };
}
