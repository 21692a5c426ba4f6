using System.Diagnostics;
using System.Text.Json;
using Uploads;

// Several processes upload the same files, and one of them is killed; each content is uploaded once all the same.
//   (no argument)  the one that is killed has a claim, and has not sent anything
//   in-flight      the endpoint has received its request, and it has no answer yet
if (args is ["worker", var order]) return await Worker.RunAsync(JsonSerializer.Deserialize<WorkerOrder>(order)!);

const int Files = 24;
const int Contents = 16;
const int Workers = 4;
bool isInFlight = args is ["in-flight"];
var uploadTime = TimeSpan.FromMilliseconds(200);

using var folder = new UploadFolder(Files, Contents);
var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
await using var endpoint = await Endpoint.StartAsync(sender => sender == "victim" ? killed.Task : Task.Delay(uploadTime, TimeProvider.System));
using var team = new WorkerTeam(folder, endpoint.Address);
Console.WriteLine($"{Files} files with {Contents} contents; {Workers} processes upload all of them to an endpoint that takes {uploadTime.TotalMilliseconds} ms for each.\n");
long start = Stopwatch.GetTimestamp();

// One worker stops in the middle of its first upload; the others begin elsewhere and go on with the rest.
var victim = team.Start("victim", stopsBeforeSending: !isInFlight);
if (isInFlight) await endpoint.UntilAsync(it => it.ReceivedFrom("victim") > 0);
else await victim.ReadLineAsync();
Say(isInFlight ? "The first process has sent an upload and waits for the answer." : "The first process has the claim on an upload and has not sent anything.");
List<WorkerProcess> workers = [.. Enumerable.Range(1, Workers - 1).Select(number => team.Start($"worker{number}", first: number * Files / Workers))];

await endpoint.UntilAsync(it => it.Completed >= Contents / 2);
victim.Kill();
killed.SetResult();
Say($"It is killed (kill -9) when the others have uploaded {Contents / 2} contents. Its claim runs out within a second.");
workers.Add(team.Start("restarted"));
foreach (var worker in workers) Say($"{worker.Name,-9}  {await worker.EndAsync()}");

// The receipts are in the file: who comes later sends nothing.
var later = team.Start("later");
Say($"{later.Name,-9}  {await later.EndAsync()}");

int repeated = isInFlight ? 1 : 0;
Console.WriteLine($"""

    requests received  {endpoint.Received,3}{(isInFlight ? "   one more: what the killed process had sent was sent again" : "")}
    uploads completed  {endpoint.Completed,3}
    distinct contents  {endpoint.Contents,3}

    """);
bool isRight = (endpoint.Received, endpoint.Completed, endpoint.Contents) == (Contents + repeated, Contents + repeated, Contents);
Console.WriteLine(isRight ? $"requests received = distinct contents{(isInFlight ? " + 1" : "")}" : $"These numbers are wrong: there should be {Contents + repeated} requests.");
return isRight ? 0 : 1;

void Say(string text) => Console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds,5:F1} s  {text}");
