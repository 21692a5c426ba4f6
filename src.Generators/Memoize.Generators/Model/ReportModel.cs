namespace Memoize.Generators.Model;

/// <summary>A diagnostic that the generator itself reports, with a place that compares by value.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Message">Its message.</param>
/// <param name="Path">The file.</param>
/// <param name="Start">Where it starts in the text.</param>
/// <param name="Length">How long that is.</param>
/// <param name="StartLine">The line it starts in, from zero.</param>
/// <param name="StartCharacter">The character of that line.</param>
/// <param name="EndLine">The line it ends in.</param>
/// <param name="EndCharacter">The character of that line.</param>
internal sealed record ReportModel(
    string Id,
    string Message,
    string Path,
    int Start,
    int Length,
    int StartLine,
    int StartCharacter,
    int EndLine,
    int EndCharacter);
