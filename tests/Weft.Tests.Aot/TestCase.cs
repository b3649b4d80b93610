using System.Collections;
using System.Reflection;

namespace Weft.Tests.Aot;

/// <summary>A test method with its arguments.</summary>
internal sealed record TestCase(Type Class, MethodInfo Method, object?[] Arguments)
{
    private const BindingFlags Everything =
        BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;

    public string Name => Arguments.Length == 0
        ? $"{Class.FullName}.{Method.Name}"
        : $"{Class.FullName}.{Method.Name}({string.Join(", ", Arguments.Select(Text))})";

    /// <summary>Every test of this assembly; one for each row of a theory's data.</summary>
    public static IEnumerable<TestCase> FindAll() =>
        from type in typeof(TestCase).Assembly.GetTypes()
        where type is { IsClass: true, IsAbstract: false }
        orderby type.FullName
        from method in type.GetMethods()
        where method.IsDefined(typeof(FactAttribute), inherit: true)
        from row in Rows(type, method)
        select new TestCase(type, method, Fit(row, method));

    private static List<object?[]> Rows(Type type, MethodInfo method)
    {
        if (!method.IsDefined(typeof(TheoryAttribute), inherit: true))
            return [[]];
        List<object?[]> rows = [.. method.GetCustomAttributes<InlineDataAttribute>().Select(static inline => inline.Data)];
        foreach (MemberDataAttribute member in method.GetCustomAttributes<MemberDataAttribute>())
        {
            foreach (object row in Read(member.MemberType ?? type, member.MemberName))
                rows.Add(row is ITheoryDataRow typed ? typed.GetData() : (object?[])row);
        }

        return rows.Count > 0 ? rows : throw new InvalidOperationException(
            $"{type}.{method.Name} is a theory without data that this runner knows.");
    }

    private static string Text(object? argument) => argument is object?[] all ? $"[{string.Join(", ", all)}]" : $"{argument}";

    private static IEnumerable Read(Type type, string member) => (IEnumerable)(
        type.GetProperty(member, Everything)?.GetValue(null)
        ?? type.GetField(member, Everything)?.GetValue(null)
        ?? type.GetMethod(member, Everything)?.Invoke(null, null)
        ?? throw new InvalidOperationException($"{type} has no data {member}."));

    /// <summary>Values of a row that are the elements of the method's last parameter, an array, become one.</summary>
    private static object?[] Fit(object?[] row, MethodInfo method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        if (parameters.Length == 0 || !parameters[^1].IsDefined(typeof(ParamArrayAttribute)))
            return row;
        int before = parameters.Length - 1;
        if (row.Length == parameters.Length && parameters[^1].ParameterType.IsInstanceOfType(row[^1]))
            return row;
        var rest = Array.CreateInstance(parameters[^1].ParameterType.GetElementType()!, row.Length - before);
        Array.Copy(row, before, rest, 0, rest.Length);
        return [.. row[..before], rest];
    }
}
