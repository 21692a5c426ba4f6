using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace CallerProgram;

/// <summary>Many callers of this process, all at the same time, and what they got.</summary>
internal sealed class Calls(Values values, Conversation conversation)
{
    public async Task MakeAsync(bool isAsync, int callers, string[] keys)
    {
        var got = new ConcurrentDictionary<(string Key, string Value), (int Callers, long Last)>();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => isAsync ? Task.Run(() => CallAllAsync(caller)) : OnThread(() => CallAll(caller))));

        foreach (var ((key, value), (count, last)) in got) conversation.Say(string.Create(CultureInfo.InvariantCulture, $"got {key} {count} {last} {value}"));
        conversation.Say("called");

        async Task CallAllAsync(int caller)
        {
            foreach (string key in From(caller))
            {
                try
                {
                    Got(key, await values.FetchAsync(key));
                }
                catch (Exception failure)
                {
                    Got(key, $"{failure.GetType()}: {failure.Message}");
                }
            }
        }

        void CallAll(int caller)
        {
            foreach (string key in From(caller))
            {
                try
                {
                    Got(key, values.Load(key));
                }
                catch (Exception failure)
                {
                    Got(key, $"{failure.GetType()}: {failure.Message}");
                }
            }
        }

        // Each caller begins at another key.
        IEnumerable<string> From(int caller)
        {
            int first = caller * keys.Length / callers;
            return keys[first..].Concat(keys[..first]);
        }

        void Got(string key, string value)
        {
            long now = Stopwatch.GetTimestamp();
            got.AddOrUpdate((key, value), (1, now), (_, former) => (former.Callers + 1, now));
        }
    }

    private static Task OnThread(Action work)
    {
        var done = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            work();
            done.SetResult();
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return done.Task;
    }
}
