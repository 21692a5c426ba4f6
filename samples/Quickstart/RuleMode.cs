namespace Quickstart;

/// <summary>What a match of the rule's pattern says about a value.</summary>
internal enum RuleMode
{
    /// <summary>A value that matches is good.</summary>
    MustMatch,

    /// <summary>A value that matches is bad.</summary>
    MustNotMatch,
}
