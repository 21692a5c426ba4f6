using System.Globalization;

namespace Memoize;

/// <summary>
/// Cultures with what somebody may have changed in them: formats of numbers and dates, the calendar. Their own equality only
/// knows the name.
/// </summary>
internal sealed class CultureContent : KeyContent<CultureInfo>
{
    public static readonly CultureContent Instance = new();

    // Almost always it is the one object that CultureInfo.GetCultureInfo returns for its name.
    public override bool Equals(CultureInfo? x, CultureInfo? y) => ReferenceEquals(x, y) || (x is not null && y is not null && AreSame(x, y));

    public override int GetHashCode(CultureInfo? obj) => obj is null ? 0 : obj.Name.GetHashCode(StringComparison.Ordinal);

    // What is read-only, cannot change any more.
    public override CultureInfo Copy(CultureInfo value) => value is null || value.IsReadOnly ? value! : CultureInfo.ReadOnly((CultureInfo)value.Clone());

    public override string Describe(CultureInfo value) => value?.Name ?? "null";

    private static bool AreSame(CultureInfo x, CultureInfo y) =>
        x.GetType() == y.GetType()
        && x.Name == y.Name
        && x.CompareInfo.Equals(y.CompareInfo)
        && x.TextInfo.ListSeparator == y.TextInfo.ListSeparator
        && AreSame(x.NumberFormat, y.NumberFormat)
        && AreSame(x.DateTimeFormat, y.DateTimeFormat);

    private static bool AreSame(NumberFormatInfo x, NumberFormatInfo y) =>
        ReferenceEquals(x, y) || (
            x.CurrencyDecimalDigits == y.CurrencyDecimalDigits
            && x.CurrencyDecimalSeparator == y.CurrencyDecimalSeparator
            && x.CurrencyGroupSeparator == y.CurrencyGroupSeparator
            && x.CurrencyGroupSizes.AsSpan().SequenceEqual(y.CurrencyGroupSizes)
            && x.CurrencyNegativePattern == y.CurrencyNegativePattern
            && x.CurrencyPositivePattern == y.CurrencyPositivePattern
            && x.CurrencySymbol == y.CurrencySymbol
            && x.DigitSubstitution == y.DigitSubstitution
            && x.NaNSymbol == y.NaNSymbol
            && x.NativeDigits.AsSpan().SequenceEqual(y.NativeDigits)
            && x.NegativeInfinitySymbol == y.NegativeInfinitySymbol
            && x.NegativeSign == y.NegativeSign
            && x.NumberDecimalDigits == y.NumberDecimalDigits
            && x.NumberDecimalSeparator == y.NumberDecimalSeparator
            && x.NumberGroupSeparator == y.NumberGroupSeparator
            && x.NumberGroupSizes.AsSpan().SequenceEqual(y.NumberGroupSizes)
            && x.NumberNegativePattern == y.NumberNegativePattern
            && x.PercentDecimalDigits == y.PercentDecimalDigits
            && x.PercentDecimalSeparator == y.PercentDecimalSeparator
            && x.PercentGroupSeparator == y.PercentGroupSeparator
            && x.PercentGroupSizes.AsSpan().SequenceEqual(y.PercentGroupSizes)
            && x.PercentNegativePattern == y.PercentNegativePattern
            && x.PercentPositivePattern == y.PercentPositivePattern
            && x.PercentSymbol == y.PercentSymbol
            && x.PerMilleSymbol == y.PerMilleSymbol
            && x.PositiveInfinitySymbol == y.PositiveInfinitySymbol
            && x.PositiveSign == y.PositiveSign);

    private static bool AreSame(DateTimeFormatInfo x, DateTimeFormatInfo y) =>
        ReferenceEquals(x, y) || (
            x.Calendar.GetType() == y.Calendar.GetType()
            && x.Calendar.TwoDigitYearMax == y.Calendar.TwoDigitYearMax
            && (x.Calendar as GregorianCalendar)?.CalendarType == (y.Calendar as GregorianCalendar)?.CalendarType
            && x.AMDesignator == y.AMDesignator
            && x.PMDesignator == y.PMDesignator
            && x.CalendarWeekRule == y.CalendarWeekRule
            && x.FirstDayOfWeek == y.FirstDayOfWeek
            && x.DateSeparator == y.DateSeparator
            && x.TimeSeparator == y.TimeSeparator
            && x.FullDateTimePattern == y.FullDateTimePattern
            && x.LongDatePattern == y.LongDatePattern
            && x.LongTimePattern == y.LongTimePattern
            && x.MonthDayPattern == y.MonthDayPattern
            && x.ShortDatePattern == y.ShortDatePattern
            && x.ShortTimePattern == y.ShortTimePattern
            && x.YearMonthPattern == y.YearMonthPattern
            && x.AbbreviatedDayNames.AsSpan().SequenceEqual(y.AbbreviatedDayNames)
            && x.AbbreviatedMonthGenitiveNames.AsSpan().SequenceEqual(y.AbbreviatedMonthGenitiveNames)
            && x.AbbreviatedMonthNames.AsSpan().SequenceEqual(y.AbbreviatedMonthNames)
            && x.DayNames.AsSpan().SequenceEqual(y.DayNames)
            && x.MonthGenitiveNames.AsSpan().SequenceEqual(y.MonthGenitiveNames)
            && x.MonthNames.AsSpan().SequenceEqual(y.MonthNames)
            && x.ShortestDayNames.AsSpan().SequenceEqual(y.ShortestDayNames));
}
