using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Analyzers;

/// <summary>Recognises reads of what surrounds a call without being an argument of it: clock, chance, environment, caller.</summary>
internal static class AmbientInputs
{
    /// <summary>The name of the input that an operation reads, or <see langword="null"/>.</summary>
    public static string? Name(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Instance: { } instance } when Name(instance) is not null => null, // told at the instance
        IPropertyReferenceOperation { Property: var property } => Name(property),
        // A generator that was made here from a seed gives the same numbers again; one that outlives the call does not.
        IInvocationOperation { Instance: IFieldReferenceOperation or IPropertyReferenceOperation { Property.Name: not "Shared" }, TargetMethod: { ContainingType: { Name: "Random" } type } method }
            when Namespace(type) == "System" => $"Random.{method.Name}()",
        IInvocationOperation { TargetMethod: var method } => Name(method),
        IMethodReferenceOperation { Method: var method } => Name(method),
        IObjectCreationOperation { Arguments.IsEmpty: true, Type: { Name: "Random" } type } when Namespace(type) == "System" => "new Random()",
        _ => null,
    };

    private static string? Name(IPropertySymbol property)
    {
        var isAmbient = (property.ContainingType.Name, property.Name) switch
        {
            ("DateTime", "Now" or "UtcNow" or "Today") => IsIn("System"),
            ("DateTimeOffset", "Now" or "UtcNow") => IsIn("System"),
            ("Random", "Shared") => IsIn("System"),
            ("Environment", "CurrentDirectory" or "TickCount" or "TickCount64" or "UserName" or "CommandLine" or "CurrentManagedThreadId" or "StackTrace" or "WorkingSet") => IsIn("System"),
            ("Stopwatch", "Elapsed" or "ElapsedMilliseconds" or "ElapsedTicks") => IsIn("System.Diagnostics"),
            ("Activity", "Current") => IsIn("System.Diagnostics"),
            ("Transaction", "Current") => IsIn("System.Transactions"),
            ("CultureInfo", "CurrentCulture" or "CurrentUICulture") => IsIn("System.Globalization"),
            ("RegionInfo", "CurrentRegion") => IsIn("System.Globalization"),
            ("Thread", "CurrentThread" or "CurrentPrincipal" or "CurrentCulture" or "CurrentUICulture") => IsIn("System.Threading"),
            ("AsyncLocal" or "ThreadLocal", "Value") => IsIn("System.Threading"),
            ("ClaimsPrincipal", "Current") => IsIn("System.Security.Claims"),
            ("HttpContext", _) => IsIn("Microsoft.AspNetCore.Http"),
            ("IHttpContextAccessor" or "HttpContextAccessor", "HttpContext") => IsIn("Microsoft.AspNetCore.Http"),
            ("ControllerBase", "HttpContext" or "Request" or "User" or "RouteData") => IsIn("Microsoft.AspNetCore.Mvc"),
            ("PageModel", "HttpContext" or "Request" or "User" or "RouteData") => IsIn("Microsoft.AspNetCore.Mvc.RazorPages"),
            _ => false,
        };
        return isAmbient ? $"{property.ContainingType.Name}.{property.Name}" : null;

        bool IsIn(string @namespace) => Namespace(property.ContainingType) == @namespace;
    }

    private static string? Name(IMethodSymbol method)
    {
        var isAmbient = (method.ContainingType.Name, method.Name) switch
        {
            ("Guid", "NewGuid" or "CreateVersion7") => IsIn("System"),
            ("Environment", "GetEnvironmentVariable" or "GetEnvironmentVariables" or "ExpandEnvironmentVariables" or "GetCommandLineArgs") => IsIn("System"),
            ("TimeProvider", "GetUtcNow" or "GetLocalNow" or "GetTimestamp") => IsIn("System"),
            ("Stopwatch", "GetTimestamp") => IsIn("System.Diagnostics"),
            // With an end there is nothing more to ask the clock.
            ("Stopwatch", "GetElapsedTime") => IsIn("System.Diagnostics") && method.Parameters.Length == 1,
            ("TimeProvider", "GetElapsedTime") => IsIn("System") && method.Parameters.Length == 1,
            ("Path", "GetTempFileName" or "GetRandomFileName") => IsIn("System.IO"),
            ("Thread", "GetCurrentProcessorId") => IsIn("System.Threading"),
            ("WindowsIdentity", "GetCurrent") => IsIn("System.Security.Principal"),
            ("Directory", "GetCurrentDirectory") => IsIn("System.IO"),
            ("RandomNumberGenerator", "GetBytes" or "Fill" or "GetInt32" or "GetItems" or "GetString" or "GetHexString") => IsIn("System.Security.Cryptography"),
            _ => false,
        };
        return isAmbient ? $"{method.ContainingType.Name}.{method.Name}()" : null;

        bool IsIn(string @namespace) => Namespace(method.ContainingType) == @namespace;
    }

    private static string Namespace(ITypeSymbol type) => type.ContainingNamespace.ToDisplayString();
}
