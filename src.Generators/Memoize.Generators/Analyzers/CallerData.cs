using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Analyzers;

/// <summary>A value of the current caller that is read from a service.</summary>
/// <param name="Operation">What reads it.</param>
/// <param name="Service">The field, property or parameter that holds the service.</param>
/// <param name="Member">What is read.</param>
internal sealed record CallerRead(IOperation Operation, ISymbol Service, ISymbol Member);

/// <summary>
/// Recognises what a service says about the current caller or request: who it is, for which tenant, in which language. Only
/// names and types can tell that from what is the same for everybody, so that this is for what is clear: a service that is
/// named after its caller, a member that is, or a type that is.
/// </summary>
internal static class CallerData
{
    // Who calls, or for whom.
    private static readonly HashSet<string> Callers = Set("User", "Username", "Tenant", "Caller", "Visitor", "Viewer", "Principal", "Identity", "Claims", "Actor", "Impersonator", "Correlation", "Culture", "Locale");

    // What a caller has one of, where "Current" stands before it.
    private static readonly HashSet<string> OfCallers = Set("Session", "Request", "Customer", "Account", "Organization", "Organisation", "Company", "Workspace", "Language", "Currency", "Region", "Shop", "Store", "Branch", "Site", "Role", "Roles", "Member", "Person", "Employee", "Login", "Profile", "Timezone", "Subject");

    // "IWorkContext": what goes with a call.
    private static readonly HashSet<string> Contexts = Set("Work", "Request", "Execution", "Operation", "Call", "Security", "Ambient");

    // Services that do something with users and tenants, for all callers alike.
    private static readonly HashSet<string> Workers = Set(
        "Adapter", "Api", "Archive", "Backend", "Broker", "Builder", "Bus", "Cache", "Catalog", "Channel", "Client", "Collection", "Connection", "Container",
        "Counter", "Crawler", "Credential", "Credentials", "Database", "Detector", "Directory", "Dispatcher", "Driver", "Engine", "Exporter", "Factory",
        "Feed", "Finder", "Formatter", "Gateway", "Generator", "Handler", "Hasher", "Importer", "Index", "Job", "Limiter", "List", "Listener", "Loader", "Logger",
        "Lookup", "Mailer", "Manager", "Map", "Mapper", "Metrics", "Middleware", "Monitor", "Notifier", "Parser", "Pipeline", "Policy", "Pool", "Protector",
        "Proxy", "Publisher", "Queue", "Quota", "Quotas", "Reader", "Registry", "Repository", "Scheduler", "Sender", "Serializer", "Server", "Service", "Services",
        "Source", "Storage", "Store", "Stream", "Sync", "Synchronizer", "Table", "Throttle", "Tracker", "Transport", "Validator", "Worker", "Writer");

    // Those log in themselves: their user and tenant are configuration.
    private static readonly HashSet<string> Connections = Set("Api", "Backend", "Broker", "Bus", "Channel", "Client", "Connection", "Credential", "Credentials", "Database", "Driver", "Factory", "Gateway", "Mailer", "Sender", "Server", "Transport");

    private static readonly HashSet<string> Configurations = Set("Options", "Setting", "Settings", "Configuration", "Config", "Environment", "Defaults", "Constants", "Limits", "Parameters");

    // What members are about when they are the same for everybody.
    private static readonly HashSet<string> Common = Set(
        "Anonymous", "Base", "Bot", "Capacity", "Closed", "Column", "Connected", "Connection", "Count", "Database", "Default", "Disposed", "Enabled", "Endpoint",
        "Fallback", "Field", "Format", "Header", "Healthy", "Initialized", "Interval", "Length", "Limit", "Max", "Maximum", "Min", "Minimum", "Now", "Open", "Parameter", "Pattern",
        "Policy", "Prefix", "Ready", "Retry", "Root", "Running", "Schema", "Scheme", "Size", "Started", "Suffix", "Supported", "System", "Table", "Template",
        "Timeout", "Today", "Topic", "Total", "Version");

    /// <summary>What an operation reads of the caller, or <see langword="null"/>.</summary>
    public static CallerRead? Of(IOperation operation)
    {
        if (Read(operation) is not { } read)
            return null;

        // Of "session.User.Name" it is the user that is told.
        for (var before = Access(operation); before is var (receiver, _, _); before = Access(receiver))
        {
            if (Read(receiver) is not null || AmbientInputs.Name(receiver) is not null)
                return null;
        }

        return read;
    }

    private static CallerRead? Read(IOperation operation)
        => Access(operation) is var (receiver, member, type) && receiver.Type is { } service && Service(receiver) is { } holder && IsOfCaller(service, member, type)
            ? new(operation, holder, member)
            : null;

    private static (IOperation Receiver, ISymbol Member, ITypeSymbol Type)? Access(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Instance: { } instance, Property: { IsIndexer: false } property } => (Receiver(instance), property, Result(property.Type)),
        IInvocationOperation { Instance: { } instance, TargetMethod: var method } call when IsGetter(method) && call.Arguments.All(SaysNothing)
            => (Receiver(instance), method, Result(method.ReturnType)),
        IInvocationOperation { Instance: null, TargetMethod: { IsExtensionMethod: true } method, Arguments: { IsEmpty: false } arguments }
            when IsGetter(method) && arguments.Skip(1).All(SaysNothing) => (Receiver(arguments[0].Value), method, Result(method.ReturnType)),
        _ => null,
    };

    private static IOperation Receiver(IOperation instance) => instance switch
    {
        IConversionOperation conversion => Receiver(conversion.Operand),
        IAwaitOperation awaited => Receiver(awaited.Operation),
        IParenthesizedOperation inner => Receiver(inner.Operand),
        IConditionalAccessInstanceOperation => Receiver(Accessed(instance)),
        _ => instance,
    };

    // What stands before the "?." of which this is the rest.
    private static IOperation Accessed(IOperation instance)
    {
        var child = instance;
        for (var parent = instance.Parent; parent is not null; (child, parent) = (parent, parent.Parent))
        {
            if (parent is IConditionalAccessOperation access && access.WhenNotNull == child)
                return access.Operation;
        }

        return child;
    }

    // The member of the cached method's type at which a chain of members begins; null if configuration is on the way.
    private static ISymbol? Service(IOperation receiver)
    {
        if (receiver.Type is not { } type || IsConfiguration(type) || !IsService(type))
            return null;

        return receiver switch
        {
            IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation, Field: { IsConst: false } field } => field,
            IPropertyReferenceOperation { Instance: IInstanceReferenceOperation, Property: var property } => property,
            IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } parameter } => parameter,
            _ when Access(receiver) is var (before, _, _) => Service(before),
            _ => null,
        };
    }

    // A record or a list is data of the instance.
    private static bool IsService(ITypeSymbol type) => type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Interface, IsRecord: false, SpecialType: SpecialType.None }
        && !type.IsIn("System.Collections.Generic") && !type.IsIn("System.Collections.Immutable");

    private static bool IsConfiguration(ITypeSymbol type)
        => Configurations.Contains(Words(type).Last())
            || type.IsIn("Microsoft.Extensions.Options") || type.IsIn("Microsoft.Extensions.Configuration") || type.IsIn("Microsoft.Extensions.Hosting");

    private static bool IsOfCaller(ITypeSymbol service, ISymbol member, ITypeSymbol type)
    {
        var words = Words(member.Name).ToArray();
        if (words.Any(Common.Contains) || member.ContainingType.SpecialType == SpecialType.System_Object || IsConfiguration(type))
            return false;

        var serviceWords = Words(service).ToArray();
        if (IsCallerType(type))
            return !Workers.Contains(serviceWords.Last()) || words.Contains("Current", StringComparer.Ordinal) || IsCallerService(serviceWords);

        return IsData(type) && (IsCallerService(serviceWords) || IsCallerMember(words, serviceWords));
    }

    // "ICurrentUser", "ITenantContext", "IWorkContext", but not "IUserRepository".
    private static bool IsCallerService(string[] words)
    {
        var isCaller = words.Any(Callers.Contains);
        if (words.Contains("Current", StringComparer.Ordinal) && (isCaller || words.Any(OfCallers.Contains)))
            return true;

        return !Workers.Contains(words.Last())
            && (isCaller || (words.Last() is "Context" or "Info" or "Accessor" or "Provider" && words.Any(Contexts.Contains)));
    }

    // "UserId", "CurrentLanguage", "IsAuthenticated".
    private static bool IsCallerMember(string[] words, string[] service)
    {
        if (Connections.Contains(service.Last()))
            return false;
        if (words.Contains("Current", StringComparer.Ordinal))
            return words.Any(Callers.Contains) || words.Any(OfCallers.Contains);
        if (words.Length == 2 && words[0] == "Is" && words[1] is "Authenticated" or "Admin" or "Impersonated" or "Impersonating")
            return true;

        return (words.Any(Callers.Contains) || words.Contains("Session", StringComparer.Ordinal))
            && (words.Last() is "Id" or "Identifier" or "Key" or "Code" or "Email" || (words.Any(Callers.Contains) && words.Last() is "Name" or "User" or "Username" or "Tenant" or "Culture" or "Locale"));
    }

    private static bool IsCallerType(ITypeSymbol type)
    {
        if (type.IsNamed("CultureInfo", "System.Globalization") || type.IsNamed("HttpContext", "Microsoft.AspNetCore.Http"))
            return true;
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Interface or TypeKind.Struct, SpecialType: SpecialType.None })
            return false;

        var words = Words(type).ToArray();
        var last = words.Length > 1 && words.Last() is "Info" or "Context" or "Data" or "Dto" or "Model" or "Id" or "Details" ? words[words.Length - 2] : words.Last();
        return last is "User" or "Tenant" or "Principal" or "Caller" or "Visitor" or "Viewer" or "Actor" or "Identity" || (words.Length > 1 && words.Last() is "Identity");
    }

    // What says something by its value.
    private static bool IsData(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Enum } => true,
        { SpecialType: SpecialType.System_String or >= SpecialType.System_Boolean and <= SpecialType.System_Double } => true,
        { SpecialType: SpecialType.System_DateTime } => false,
        IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_String } => true,
        INamedTypeSymbol { TypeKind: TypeKind.Struct } => true,
        INamedTypeSymbol { IsGenericType: true, TypeArguments: { Length: 1 } arguments } when arguments[0].SpecialType == SpecialType.System_String => type.IsIn("System.Collections.Generic") || type.IsIn("System.Collections.Immutable"),
        INamedTypeSymbol named => named.IsRecord || named.IsNamed("TimeZoneInfo", "System") || named.IsNamed("Uri", "System") || named.IsNamed("IPAddress", "System.Net"),
        _ => false,
    };

    private static bool IsGetter(IMethodSymbol method)
        => method.Name.StartsWith("Get", StringComparison.Ordinal) && method.Name is not ("GetHashCode" or "GetType" or "GetEnumerator" or "GetAwaiter" or "GetResult")
            || method.Name.EndsWith("Id", StringComparison.Ordinal);

    private static bool SaysNothing(IArgumentOperation argument)
        => argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Parameter?.Type.IsNamed("CancellationToken", "System.Threading") == true;

    private static ITypeSymbol Result(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments: { Length: 1 } arguments } when type.IsIn("System.Threading.Tasks") => Result(arguments[0]),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => nullable.TypeArguments[0],
        _ => type,
    };

    private static IEnumerable<string> Words(ITypeSymbol type)
        => Words(type.TypeKind == TypeKind.Interface && type.Name.Length > 1 && char.IsUpper(type.Name[1]) ? type.Name.Substring(1) : type.Name);

    // "UiCulture" is "Ui", "Culture"; "IPAddressOfUser" is "IP", "Address", "Of", "User".
    private static IEnumerable<string> Words(string name)
    {
        var start = 0;
        for (var i = 1; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                yield return Word(i);
                start = i;
            }
        }

        yield return Word(name.Length);

        string Word(int end) => name.Substring(start, end - start).TrimEnd('_');
    }

    private static HashSet<string> Set(params string[] words) => new(words, StringComparer.Ordinal);
}
