using System.Globalization;
using System.Text;

namespace Memoize.Cli;

/// <summary>
/// Texts from stores as they can be shown: what is in a store was written by whoever can write the file, and must not steer
/// the terminal of who looks at it.
/// </summary>
internal static class Printable
{
    /// <summary>The text with its control characters, line ends included, written out.</summary>
    public static string Of(string text) => Of(text, keepLines: false);

    /// <summary>The text with its control characters written out; lines stay lines.</summary>
    public static string LinesOf(string text) => Of(text, keepLines: true);

    private static string Of(string text, bool keepLines)
    {
        if (!text.Any(Steers)) return text;

        var printable = new StringBuilder(text.Length + 16);
        foreach (char one in text)
        {
            if (!Steers(one) || (keepLines && one == '\n')) printable.Append(one);
            else printable.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
        }

        return printable.ToString();
    }

    // Controls, and the marks that turn the direction of what follows.
    private static bool Steers(char one) => char.IsControl(one) || one is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
