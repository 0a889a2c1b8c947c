using System;

namespace PerfConn.Connections.Managing;

/// <summary>An observer of delegates.</summary>
internal sealed class DelegateObserver<T>(Action<T> onNext, Action<Exception>? onError = null, Action? onCompleted = null) : IObserver<T>
{
    public void OnNext(T value) => onNext(value);

    public void OnError(Exception error) => onError?.Invoke(error);

    public void OnCompleted() => onCompleted?.Invoke();
}
