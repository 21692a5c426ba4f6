using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Memoize.Testing;

/// <summary>
/// A test that a contract hands down. With a parameter of type <see cref="CallForm"/> it runs once for each form of the
/// operations; where the inheriting class is <see cref="WithoutAttribute"/> something that it needs, it is skipped and says why.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Memoize.Testing.SpecificationDiscoverer", "Memoize.Testing")]
public sealed class SpecificationAttribute(params StoreFeature[] needs) : FactAttribute
{
    public IReadOnlyList<StoreFeature> Needs { get; } = needs;
}

/// <summary>Finds the test cases of a <see cref="SpecificationAttribute"/>.</summary>
public sealed class SpecificationDiscoverer(IMessageSink diagnosticMessages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var display = discoveryOptions.MethodDisplayOrDefault();
        var displayOptions = discoveryOptions.MethodDisplayOptionsOrDefault();
        var needs = (StoreFeature[])factAttribute.GetConstructorArguments().Single();
        string? reason = testMethod.TestClass.Class.GetCustomAttributes(typeof(WithoutAttribute))
            .Select(without => without.GetConstructorArguments().ToArray())
            .Where(arguments => needs.Contains((StoreFeature)arguments[0]))
            .Select(arguments => (string)arguments[1])
            .FirstOrDefault();

        object[]?[] calls = testMethod.Method.GetParameters().Any() ? [[CallForm.Synchronous], [CallForm.Asynchronous]] : [null];
        return calls.Select(arguments => reason is null
            ? new XunitTestCase(diagnosticMessages, display, displayOptions, testMethod, arguments)
            : new XunitSkippedDataRowTestCase(diagnosticMessages, display, displayOptions, testMethod, reason, arguments));
    }
}
