namespace Quickstart;

/// <summary>A rule that cannot be used. The message names the rule or its file, and what to change.</summary>
internal sealed class InvalidRuleException(string message, Exception? innerException = null)
    : Exception(message, innerException);
