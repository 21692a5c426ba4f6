using System.Diagnostics;

namespace Memoize.Sqlite.Tests.Processes;

/// <summary>A folder on a disk of its own: a small one, or one that cannot be written to. Only root of a Linux machine can make them.</summary>
internal sealed class OwnDisk : IDisposable
{
    private OwnDisk(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Why there can be none here; null if there can.</summary>
    public static string? WhyNot { get; } = FindWhyNot();

    /// <summary>A disk that is full after so many kilobytes.</summary>
    public static OwnDisk Of(int kilobytes, string folder)
    {
        Directory.CreateDirectory(folder);
        if (!TryRun("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", folder)) throw new InvalidOperationException($"No disk could be mounted at {folder}.");
        return new OwnDisk(folder);
    }

    /// <summary>From now on nobody writes to it, not even root.</summary>
    public void MakeReadOnly()
    {
        if (!TryRun("mount", "-o", "remount,ro", Folder)) throw new InvalidOperationException($"{Folder} could not be made read-only.");
    }

    public void Dispose() => TryRun("umount", "-l", Folder);

    private static string? FindWhyNot()
    {
        if (!OperatingSystem.IsLinux()) return "Mounting a disk needs Linux.";

        string folder = Directory.CreateTempSubdirectory("memoize-disk-").FullName;
        try
        {
            if (!TryRun("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder)) return "Mounting a disk needs root.";
            TryRun("umount", "-l", folder);
            return null;
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    private static bool TryRun(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
