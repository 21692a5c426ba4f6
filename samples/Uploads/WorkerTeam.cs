namespace Uploads;

/// <summary>The workers of one demonstration: with the same files, endpoint and store. None outlives it.</summary>
internal sealed class WorkerTeam(UploadFolder folder, Uri endpoint) : IDisposable
{
    private readonly List<WorkerProcess> _workers = [];

    /// <summary>Starts a worker.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="first">With which file it begins.</param>
    /// <param name="stopsBeforeSending">Whether it stops when it has a claim and has not sent anything.</param>
    public WorkerProcess Start(string name, int first = 0, bool stopsBeforeSending = false)
    {
        var worker = new WorkerProcess(new WorkerOrder(name, folder.Path, first, endpoint, folder.StorePath, stopsBeforeSending));
        _workers.Add(worker);
        return worker;
    }

    public void Dispose() => _workers.ForEach(worker => worker.Dispose());
}
