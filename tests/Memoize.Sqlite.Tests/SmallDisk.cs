using System.Diagnostics;

namespace Memoize.Sqlite.Tests;

/// <summary>A disk of a megabyte, in memory.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(string path)
    {
        Path = Directory.CreateDirectory(path).FullName;
        if (!Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", Path)) throw new InvalidOperationException("There is no right to mount.");
    }

    public string Path { get; }

    public void Resize(string size) => Assert.True(Run("mount", "-o", $"remount,size={size}", Path));

    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", Path));

    public void Dispose() => Run("umount", "-l", Path);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false };
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    internal static bool IsPossible
    {
        get
        {
            using var folder = new TemporaryFolder();
            try
            {
                using var disk = new SmallDisk(System.IO.Path.Combine(folder.Path, "disk"));
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }
}

/// <summary>A test that needs a <see cref="SmallDisk"/>, which needs root on Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly bool IsPossible = SmallDisk.IsPossible;

    public SmallDiskFactAttribute()
    {
        if (!IsPossible) Skip = "Mounting a small disk needs root on Linux.";
    }
}
