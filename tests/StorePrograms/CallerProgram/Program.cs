using System.Globalization;
using System.Text.Json;
using CallerProgram;
using Memoize;
using Memoize.Sqlite;

// A process that calls cached methods, as it is told on its input. Tests start several, hold them up where they want them,
// and kill them there. What it is told:
//
//   call <sync|async> <callers> <keys…>   → got <key> <callers> <time of the last> <value> for each key and value, then called
//   stop <point>                          → <point> <what> whenever something comes there, and stops
//   go <point>                            lets go what stopped, and stops nothing there any more
//   set <sync|async> <key> <value>        → done
//   invalidate <sync|async> <key>         → done
//   statistics                            → statistics <JSON>
//   last-end                              → last-end <time at which the method returned last>
//   hold, release                         → done; keeps the file locked meanwhile
//
// What is logged comes as: log <event> <message>
var options = JsonSerializer.Deserialize<CallerOptions>(args[0])!;
var conversation = new Conversation();
using var logger = new ConversationalLogger(conversation);
using var store = new SqliteCacheStore(options.StorePath, new SqliteCacheStoreOptions { LeaseDuration = options.LeaseDuration, BusyTimeout = options.BusyTimeout });
using var memoizer = new Memoizer(new MemoizerOptions { Store = new ConversationalStore(store, conversation), LoggerFactory = logger, ShutdownTimeout = TimeSpan.Zero });
using var file = new FileHolder(options.StorePath);
var work = new Work(options, conversation);
var values = new Values(memoizer, work);
var calls = new Calls(values, conversation);

// When the one who talks to it is gone, it goes too.
conversation.Say("ready");
while (Console.ReadLine() is { } line) _ = DoAsync(line.Split(' '));
return;

async Task DoAsync(string[] order)
{
    try
    {
        switch (order)
        {
            case ["call", var form, var callers, .. var keys]:
                await calls.MakeAsync(form == "async", int.Parse(callers, CultureInfo.InvariantCulture), keys);
                return;
            case ["stop", var point]:
                conversation.StopAt(Enum.Parse<Point>(point));
                return;
            case ["go", var point]:
                conversation.Go(Enum.Parse<Point>(point));
                return;
            case ["set", "async", var key, var value]:
                await values.FetchCache.SetAsync(key, value);
                break;
            case ["set", "sync", var key, var value]:
                values.LoadCache.Set(key, value);
                break;
            case ["invalidate", "async", var key]:
                await values.FetchCache.InvalidateAsync(key);
                break;
            case ["invalidate", "sync", var key]:
                values.LoadCache.Invalidate(key);
                break;
            case ["statistics"]:
                conversation.Say("statistics " + JsonSerializer.Serialize(Sum(values.FetchCache.Statistics, values.LoadCache.Statistics)));
                return;
            case ["last-end"]:
                conversation.Say(string.Create(CultureInfo.InvariantCulture, $"last-end {work.LastEnd}"));
                return;
            case ["hold"]:
                file.Hold();
                break;
            case ["release"]:
                file.Release();
                break;
            default:
                throw new ArgumentException($"'{string.Join(' ', order)}' is not understood.");
        }

        conversation.Say("done");
    }
    catch (Exception failure)
    {
        conversation.Say($"failed {failure.GetType()}: {failure.Message}");
    }
}

static CallerStatistics Sum(params MethodStatistics[] methods) => new()
{
    Requests = methods.Sum(method => method.Requests),
    Hits = methods.Sum(method => method.Hits),
    StoreHits = methods.Sum(method => method.StoreHits),
    Coalesced = methods.Sum(method => method.Coalesced),
    Computed = methods.Sum(method => method.Computed),
    Failed = methods.Sum(method => method.Failed),
    Refusals = methods.Sum(method => method.Refusals),
    StoreFailures = methods.Sum(method => method.StoreFailures),
    MissesForStoreFailed = methods.Sum(method => method.MissesFor(MissReason.StoreFailed)),
};
