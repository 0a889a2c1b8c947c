using System.Collections.Generic;
using PerfConn.Simulator.Requests;
using PerfConn.Transport;

namespace PerfConn.Simulator.Sessions;

/// <content>What requests do. All of it under the lock.</content>
internal sealed partial class Session
{
    private void Handle(Request request)
    {
        byte[] reply;
        if (request.Error is { } error)
        {
            reply = Reply.Refused(request, error);
        }
        else
        {
            switch (request.Method)
            {
                case RequestMethod.Subscribe:
                    Subscribe(request.Streams);
                    reply = Reply.Done(request);
                    break;
                case RequestMethod.Unsubscribe:
                    foreach (string stream in request.Streams)
                    {
                        _subscriptions.Remove(stream);
                    }

                    reply = Reply.Done(request);
                    break;
                case RequestMethod.ListSubscriptions:
                    reply = Reply.List(request, _subscriptions.Names);
                    break;
                case RequestMethod.SetProperty:
                    _subscriptions.IsCombined = request.Value;
                    reply = Reply.Done(request);
                    break;
                default:
                    reply = Reply.Value(request, _subscriptions.IsCombined);
                    break;
            }
        }

        if (!_closeSent)
        {
            _outbox.AddFrame(MessageRecord.Text, reply);
        }
    }

    private void Subscribe(IReadOnlyList<string> streams)
    {
        foreach (string stream in streams)
        {
            _subscriptions.Add(stream);
            if (_subscriptions.Count > _venue.Options.MaxStreamsPerConnection)
            {
                BeginClose(1008, "Too many streams", DisconnectCause.TooManyStreams);
                return;
            }
        }
    }
}
