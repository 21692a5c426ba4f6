namespace Memoize.Generators.Model;

/// <summary>A warning that a generated file switches off.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Reason">Why it says nothing there, as a comment for whoever reads the file.</param>
internal sealed record SuppressedWarning(string Id, string Reason);
