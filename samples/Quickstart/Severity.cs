namespace Quickstart;

/// <summary>How much a finding matters: an error keeps a definition out of the catalogue.</summary>
internal enum Severity
{
    Error,
    Warning,
    Info,
}
