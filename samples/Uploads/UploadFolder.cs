namespace Uploads;

/// <summary>A folder of files to upload, some of which are the same, and beside it the store that the workers share.</summary>
internal sealed class UploadFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("uploads-").FullName;

    public UploadFolder(int files, int contents)
    {
        Directory.CreateDirectory(Path);
        for (int i = 0; i < files; i++)
        {
            byte[] content = new byte[64 * 1024];
            new Random(i % contents).NextBytes(content);
            File.WriteAllBytes(System.IO.Path.Combine(Path, $"{i:00}.bin"), content);
        }
    }

    public string Path => System.IO.Path.Combine(_root, "files");

    public string StorePath => System.IO.Path.Combine(_root, "receipts.db");

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
