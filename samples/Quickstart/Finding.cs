namespace Quickstart;

/// <summary>A definition that breaks a rule. <paramref name="Value"/> is null if the field is missing.</summary>
internal sealed record Finding(string RuleId, string Title, Severity Severity, string DefinitionId, string Field, string? Value, string Message);
